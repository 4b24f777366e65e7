#pragma once
// What the sampler gives back.

#include <vector>

#include "rlrun/nn/network.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// What one step of an environment came to.
struct Step {
  double reward = 0;
  bool terminated = false;  ///< The task ended with this step.
  bool truncated = false;   ///< The time limit cut the episode here, or the task (see Transition).
  /// Truncated because the simulation broke down: nothing is known of this step, not even its
  /// reward (0), and the observation is the one before it. Nobody learns from it; the step before
  /// it is cut as where a segment ends, so that the value of the last observation stands for what
  /// would have followed.
  bool unstable = false;

  [[nodiscard]] bool ended() const { return terminated || truncated; }
};

/// One episode of T steps, one column per step. A step that broke the simulation is left out.
struct Episode {
  MatrixF observations;     ///< (obs_dim, T + 1): the state the episode ended in is kept.
  MatrixF actions;          ///< (action_dim, T), as the policy chose them (not clipped).
  Vector rewards;           ///< (T)
  bool terminated = false;  ///< False: cut off (see Step::truncated).
  bool unstable = false;    ///< By an unstable simulation.

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
  std::vector<std::uint8_t> truncated;   ///< The episode was cut here; see Step.
  std::vector<std::uint8_t> unstable;    ///< Not to be learned from; see Step.

  /// Observations that follow a step and are no column of `observations`: after each truncation,
  /// and after the last step of each slot unless it terminated. After an unstable step this is the
  /// observation before it. In the order of the columns.
  std::vector<Index> bootstrap_columns;
  MatrixF bootstrap_observations;  ///< (obs_dim, bootstrap_columns.size())

  /// Columns at which a sequence begins: the first of each slot, and each first of an episode.
  std::vector<Index> starts;
  MatrixF memory;  ///< (memory_size, starts.size()) what the policy remembered there.

  /// The observations with what a policy that remembers must know of them.
  [[nodiscard]] nn::Steps steps() const { return {observations, starts, memory}; }
};

}  // namespace rlrun
