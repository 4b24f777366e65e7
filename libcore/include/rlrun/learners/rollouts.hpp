#pragma once
// Segments of several environments, collected and valued: what PPO and its kin learn from.

#include <vector>

#include "rlrun/algorithm.hpp"
#include "rlrun/archive.hpp"
#include "rlrun/learners/actor_critic.hpp"
#include "rlrun/math/segments.hpp"
#include "rlrun/params.hpp"

namespace rlrun {

struct RLRUN_API RolloutParams {
  std::int64_t n_envs = 1;
  std::int64_t rollout_steps = 2048;
  double discount = 0.99;
  double gae_lambda = 0.95;
  bool bootstrap_at_time_limit = true;
  bool normalize_rewards = true;

  void fields(Fields& f);
  [[nodiscard]] std::int64_t steps() const { return n_envs * rollout_steps; }
  [[nodiscard]] Pace pace() const { return {.steps_per_iteration = steps()}; }
};

/// One number for each step of a segment batch, in the order of its columns.
struct ValuedSteps {
  std::vector<Index> columns;  ///< The steps to learn from: all but those that are unstable.
  Vector values;               ///< V(s_t)
  Vector advantages;  ///< Generalised advantage estimates; 0 where there is nothing to learn.
  Vector targets;     ///< Their sum: what V is fitted to.
};

class RLRUN_API Rollouts {
 public:
  explicit Rollouts(const RolloutParams& params)
      : params_(params), reward_scaling_(params.discount) {}

  /// Rollouts of full length, or the shorter ones that are left of the budget.
  const SegmentBatch& collect(Iteration& it, const Policy& policy) const;
  /// Values a batch with the value network as it is now. Once for each batch: the running return
  /// that rewards are scaled by goes on. Throws TrialError if there is no step to learn from.
  ValuedSteps value(const SegmentBatch& batch, ActorCritic& learner);
  void state(Archive& archive);

 private:
  RolloutParams params_;
  RewardScaling reward_scaling_;
};

}  // namespace rlrun
