#pragma once
// What the sampler gives back.

#include <vector>

#include "rlrun/types.hpp"

namespace rlrun {

/// One episode of T steps, one column per step.
struct Episode {
  MatrixF observations;     ///< (obs_dim, T + 1): the state the episode ended in is kept.
  MatrixF actions;          ///< (action_dim, T), as the policy chose them (not clipped).
  Vector rewards;           ///< (T)
  bool terminated = false;  ///< False: cut off by the time limit or an unstable simulation.

  [[nodiscard]] Index length() const { return rewards.size(); }
  [[nodiscard]] auto states() const { return observations.leftCols(rewards.size()); }
  [[nodiscard]] auto final_state() const { return observations.col(rewards.size()); }
  [[nodiscard]] double total_reward() const { return rewards.sum(); }
};

/// Whole episodes, in an order that does not depend on the threads.
using Batch = std::vector<Episode>;

[[nodiscard]] inline Index n_steps(const Batch& batch) {
  Index n = 0;
  for (const Episode& episode : batch) n += episode.length();
  return n;
}

/// Segments of fixed length from several environments that go on where the last call stopped.
/// Column slot * length + t is step t of that slot.
struct SegmentBatch {
  Index slots = 0, length = 0;
  MatrixF observations;                  ///< (obs_dim, slots * length)
  MatrixF actions;                       ///< (action_dim, slots * length)
  Vector rewards;                        ///< (slots * length)
  std::vector<std::uint8_t> terminated;  ///< The task ended with this step.
  std::vector<std::uint8_t> truncated;   ///< The time limit (or an unstable simulation) cut here.

  /// Observations that follow a step and are no column of `observations`: after each truncation,
  /// and after the last step of each slot unless it terminated. In order of `columns`.
  std::vector<Index> bootstrap_columns;
  MatrixF bootstrap_observations;  ///< (obs_dim, bootstrap_columns.size())
};

}  // namespace rlrun
