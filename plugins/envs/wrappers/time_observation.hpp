#pragma once
// The time in the observation (Pardo et al. 2018).

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// Appends the share of the horizon that has passed, from 0 to 1.
class TimeObservation final : public EnvWrapper {
 public:
  struct Params {
    void fields(Fields& /*f*/) {}
  };

  TimeObservation(const Params& /*params*/, std::unique_ptr<Env> env) : EnvWrapper(std::move(env)) {
    const Box& all = numbers_observed(inner_spec(), "time_observation");
    own_spec().observation = joined(all, box(1, 0, 1));
  }

 private:
  void on_reset(const Rng& /*rng*/, VectorFIn first, VectorFOut observation) override {
    steps_ = 0;
    show(first, observation);
  }
  void on_step(Transition& /*transition*/, VectorFIn next, VectorFOut observation) override {
    ++steps_;
    show(next, observation);
  }
  void show(VectorFIn inner_observation, VectorFOut observation) const {
    const double passed = static_cast<double>(steps_) / static_cast<double>(inner_spec().horizon);
    observation << inner_observation, static_cast<float>(std::min(passed, 1.0));
  }

  Index steps_ = 0;
};

}  // namespace rlrun::wrappers
