#include "rlrun/learners/replay_params.hpp"

#include <string>

#include "rlrun/error.hpp"

namespace rlrun {

void ReplayParams::fields(Fields& f) {
  f("steps_per_iteration", steps_per_iteration, "Steps of the environment in an iteration.",
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

}  // namespace rlrun
