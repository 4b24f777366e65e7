#pragma once
// The action and the reward before an observation, beside it: what policies with memory are given
// (the authors' code of Duan et al. 2016; Kapturowski et al. 2019).

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// Observation: the inner one (indicators for choices), then the last action (within its bounds;
/// indicators for choices), then, if asked for, the last reward. What comes before the first step is
/// zero.
class LastStep final : public EnvWrapper {
 public:
  struct Params {
    bool reward = false;

    void fields(Fields& f) {
      f("reward", reward, "Show the last reward too, not only the last action.");
    }
  };

  LastStep(const Params& params, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)),
        shows_reward_(params.reward),
        observations_(inner_spec().observation),
        actions_(inner_spec().action),
        action_(VectorF::Zero(actions_.size())) {
    Box action = actions_.bounds();
    action.low = action.low.cwiseMin(0);  // zero before the first step
    action.high = action.high.cwiseMax(0);
    Box all = joined(observations_.bounds(), action);
    if (shows_reward_) all = joined(all, unbounded(1));
    own_spec().observation = std::move(all);
  }

 private:
  void on_reset(const Rng& /*rng*/, VectorFIn first, VectorFOut observation) override {
    action_.setZero();
    show(first, 0, observation);
  }
  void on_action(VectorFIn action, VectorFOut inner_action) override {
    actions_.write(action, action_);
    inner_action = action;
  }
  void on_step(Transition& transition, VectorFIn next, VectorFOut observation) override {
    show(next, transition.reward, observation);
  }
  void show(VectorFIn inner_observation, double reward, VectorFOut observation) const {
    auto seen = observation.head(observations_.size());
    if (observations_.are_choices())
      observations_.write(inner_observation, seen);
    else
      seen = inner_observation;
    observation.segment(seen.size(), action_.size()) = action_;
    if (shows_reward_) observation(observation.size() - 1) = static_cast<float>(reward);
  }

  bool shows_reward_;
  Numbers observations_, actions_;
  VectorF action_;
};

}  // namespace rlrun::wrappers
