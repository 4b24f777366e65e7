#pragma once
// When a method acts, stores and learns that draws its minibatches from a replay buffer.

#include "rlrun/algorithm.hpp"
#include "rlrun/params.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Throws UserError if the buffer never holds enough for the first update.
RLRUN_API void check_warmup(std::int64_t warmup_steps, std::int64_t replay_capacity);

/// The part of the parameters that off-policy methods share.
struct RLRUN_API ReplayParams {
  std::int64_t steps_per_iteration = 1000;
  std::int64_t random_steps = 5000;
  std::int64_t warmup_steps = 5000;
  std::int64_t update_interval = 1;
  std::int64_t updates_per_step = 1;
  std::int64_t batch_size = 256;
  std::int64_t replay_capacity = 1'000'000;
  bool bootstrap_at_time_limit = true;

  void fields(Fields& f);
  void check() const { check_warmup(warmup_steps, replay_capacity); }
  [[nodiscard]] Pace pace() const {
    return {.steps_per_iteration = steps_per_iteration, .steps_before_learning = warmup_steps};
  }

  /// How many updates follow step number `step` (from 1), with so many transitions stored.
  [[nodiscard]] Index updates_after(std::int64_t step, Index stored) const {
    const bool due = stored >= warmup_steps && step % update_interval == 0;
    return due ? update_interval * updates_per_step : 0;
  }
};

}  // namespace rlrun
