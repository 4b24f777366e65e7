#pragma once
// Actions that stick (Machado et al. 2018).

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// With some probability a step does again what the step before did, whatever is chosen.
class StickyActions final : public EnvWrapper {
 public:
  struct Params {
    double probability = 0.25;

    void fields(Fields& f) {
      f("probability", probability, "Of doing the last action again.", between(0, 1));
    }
  };

  StickyActions(const Params& params, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)), probability_(params.probability) {}

 private:
  void on_reset(const Rng& rng, VectorFIn first, VectorFOut observation) override {
    chance_ = rng.fork("sticky_actions");
    done_.resize(0);
    observation = first;
  }
  void on_action(VectorFIn action, VectorFOut inner_action) override {
    const bool sticks = chance_.uniform() < probability_ && done_.size() > 0;
    if (!sticks) done_ = action;
    inner_action = done_;
  }

  double probability_;
  Rng chance_;
  VectorF done_;  // empty before the first step
};

}  // namespace rlrun::wrappers
