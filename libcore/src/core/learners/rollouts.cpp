#include "rlrun/learners/rollouts.hpp"

#include "rlrun/error.hpp"

namespace rlrun {

void RolloutParams::fields(Fields& f) {
  f("n_envs", n_envs, "Environments that are stepped side by side (N).", at_least(1));
  f("rollout_steps", rollout_steps, "Steps of each environment in an iteration (T).", at_least(1));
  f("discount", discount, "Weight of a reward one step later (gamma).", between(0, 1));
  f("gae_lambda", gae_lambda, "Weight of longer returns in the advantage (lambda).", between(0, 1));
  f("bootstrap_at_time_limit", bootstrap_at_time_limit,
    "Whether an episode that ran out of time is continued by its last state's value.");
  f("normalize_rewards", normalize_rewards,
    "Whether rewards are divided by the running deviation of the discounted return.");
}

const SegmentBatch& Rollouts::collect(Iteration& it, const Policy& policy) const {
  const Index steps = it.steps_left.batch(params_.steps());
  const Index length = (steps + params_.n_envs - 1) / params_.n_envs;
  return it.sampler.collect_segments(policy, params_.n_envs, length);
}

ValuedSteps Rollouts::value(const SegmentBatch& batch, ActorCritic& learner) {
  const Vector rewards = params_.normalize_rewards ? reward_scaling_(batch) : batch.rewards;
  ValuedSteps steps;
  for (Index column = 0; column < batch.rewards.size(); ++column)
    if (batch.unstable[std::size_t(column)] == 0) steps.columns.push_back(column);
  if (steps.columns.empty())
    throw TrialError("there is nothing to learn from: every step broke the simulation");
  ActorCritic::Values values = learner.values(batch);
  steps.advantages =
      segment_gae(batch, rewards, values.of_steps, values.of_bootstraps, params_.discount,
                  params_.gae_lambda, params_.bootstrap_at_time_limit);
  steps.values = std::move(values.of_steps);
  steps.targets = steps.advantages + steps.values;
  return steps;
}

void Rollouts::state(Archive& archive) {
  if (params_.normalize_rewards) reward_scaling_.state(archive);
}

}  // namespace rlrun
