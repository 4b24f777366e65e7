#include "rlrun/learners/off_policy.hpp"

#include <algorithm>
#include <string>

#include "rlrun/error.hpp"

namespace rlrun {

void ReplayParams::fields(Fields& f) {
  f("n_envs", n_envs, "Environments that are stepped side by side.", at_least(1));
  f("steps_per_iteration", steps_per_iteration, "Steps of all environments in an iteration.",
    at_least(1));
  f("random_steps", random_steps, "Steps at the start with uniformly random actions.", at_least(0));
  f("warmup_steps", warmup_steps, "Stored transitions from which on there are updates.",
    at_least(1));
  f("update_interval", update_interval, "Steps from one run of updates to the next.", at_least(1));
  f("updates_per_step", updates_per_step, "Updates for each step.", at_least(1));
  f("batch_size", batch_size, "Transitions of an update.", at_least(1));
  f("replay_capacity", replay_capacity, "Transitions that are kept.", at_least(1));
  f("bootstrap_at_time_limit", bootstrap_at_time_limit,
    "Whether the state that the time limit cuts at has a value.");
}

void check_warmup(std::int64_t warmup_steps, std::int64_t replay_capacity) {
  if (warmup_steps > replay_capacity)
    throw UserError("warmup_steps = " + std::to_string(warmup_steps) +
                    " is more than replay_capacity = " + std::to_string(replay_capacity) +
                    ", so that nothing would ever be learned");
}

OffPolicy::OffPolicy(const ReplayParams& params, const EnvSpec& spec)
    : p_(params),
      replay_(spec.obs_dim(), spec.action_dim(), params.replay_capacity),
      batch_(spec.obs_dim(), spec.action_dim(), params.batch_size),
      observations_(spec.obs_dim(), params.n_envs),
      actions_(spec.action_dim(), params.n_envs),
      stored_(spec.action_dim(), params.n_envs) {}

void OffPolicy::walk(Iteration& it, FunctionRef<void(const ActRound& round)> choose,
                     FunctionRef<void(Index updates)> learn) {
  Walks& walks = it.sampler.walks(p_.n_envs);
  const Rng action_rng = it.rng.fork("action");
  streams_.assign(1, action_rng);
  for (Index i = 1; i < p_.n_envs; ++i)
    streams_.push_back(action_rng.fork(static_cast<std::uint64_t>(i)));

  Index left = it.steps_left.at_most(p_.steps_per_iteration);
  while (left > 0) {
    const Index n = std::min<Index>(left, p_.n_envs);
    observations_ = walks.observations();
    auto actions = actions_.leftCols(n), stored = stored_.leftCols(n);
    choose({observations_.leftCols(n), std::clamp<Index>(p_.random_steps - steps_, 0, n),
            std::span(streams_).first(static_cast<std::size_t>(n)), actions, stored});
    const std::span<const Step> steps = walks.step(actions);
    for (Index i = 0; i < n; ++i) {
      const Step& step = steps[static_cast<std::size_t>(i)];
      if (step.unstable) continue;
      replay_.push(observations_.col(i), stored.col(i), static_cast<float>(step.reward),
                   walks.next_observations().col(i),
                   step.terminated || (step.truncated && !p_.bootstrap_at_time_limit));
    }
    Index due = 0;
    for (Index i = 0; i < n; ++i) due += p_.updates_after(++steps_, replay_.size());
    if (due > 0) learn(due);
    left -= n;
  }
}

void OffPolicy::state(Archive& archive) {
  archive("steps", steps_);
  replay_.state(archive);
}

}  // namespace rlrun
