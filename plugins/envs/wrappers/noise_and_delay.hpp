#pragma once
// The variant with noisy observations and delayed actions of Duan et al. 2016.

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// Adds a normal number to each entry of each observation, and does each action some steps later; in
/// the first steps of an episode what is done is the middle of the actions' box. Rewards and endings
/// are those of the true state and of what was done.
class NoiseAndDelay final : public EnvWrapper {
 public:
  struct Params {
    double std = 0.1;
    std::int64_t delay = 3;

    void fields(Fields& f) {
      f("std", std, "Standard deviation of the noise on each entry of an observation.",
        at_least(0));
      f("delay", delay, "Steps between the choice of an action and its effect.",
        between(0, 10'000));
    }
  };

  NoiseAndDelay(const Params& params, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)), std_(static_cast<float>(params.std)) {
    if (params.std > 0) {
      const Box& all = numbers_observed(inner_spec(), "noise_and_delay with noise");
      Box noisy = unbounded(all.low.size());
      noisy.shape = all.shape;
      own_spec().observation = std::move(noisy);
    }
    if (params.delay > 0) {
      const Box& actions = bounded_actions(inner_spec(), "noise_and_delay with a delay");
      middle_ = 0.5F * (actions.low + actions.high);
      pending_.resize(middle_.size(), params.delay);
    }
  }

 private:
  void on_reset(const Rng& rng, VectorFIn first, VectorFOut observation) override {
    noise_ = rng.fork("noise_and_delay");
    next_ = 0;
    pending_.colwise() = middle_;
    show(first, observation);
  }
  void on_action(VectorFIn action, VectorFOut inner_action) override {
    if (pending_.cols() == 0) {
      inner_action = action;
      return;
    }
    inner_action = pending_.col(next_);
    pending_.col(next_) = action;
    next_ = (next_ + 1) % pending_.cols();
  }
  void on_step(Transition& /*transition*/, VectorFIn next, VectorFOut observation) override {
    show(next, observation);
  }
  void show(VectorFIn truth, VectorFOut observation) {
    observation = truth;
    if (std_ == 0) return;
    for (float& entry : observation) entry += std_ * static_cast<float>(noise_.normal());
  }

  float std_;
  Rng noise_;
  VectorF middle_;   // of the actions
  MatrixF pending_;  // (action_dim, delay): a ring
  Index next_ = 0;   // the oldest of it
};

}  // namespace rlrun::wrappers
