#pragma once
// Transitions to learn from more than once.

#include <vector>

#include "rlrun/archive.hpp"
#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// A minibatch, one column for each transition. Owned by the caller and filled again and again.
struct RLRUN_API TransitionBatch {
  TransitionBatch(Index obs_dim, Index action_dim, Index size);

  MatrixF observations;       ///< (obs_dim, size)
  MatrixF actions;            ///< (action_dim, size)
  VectorF rewards;            ///< (size)
  VectorF terminated;         ///< (size) 1 where the task ended, else 0.
  MatrixF next_observations;  ///< (obs_dim, size)
  std::vector<Index> rows;    ///< (size) Which places of the buffer were drawn.
};

/// The latest `capacity` transitions. Each is one run of floats, so that drawing one costs one
/// stretch of memory. The memory is used up only as it fills.
class RLRUN_API ReplayBuffer {
 public:
  ReplayBuffer(Index obs_dim, Index action_dim, Index capacity);

  [[nodiscard]] Index size() const { return size_; }
  [[nodiscard]] Index capacity() const { return records_.cols(); }

  /// Overwrites the oldest transition if the buffer is full.
  void push(VectorFIn observation, VectorFIn action, float reward, VectorFIn next_observation,
            bool terminated);

  /// Fills `batch` with transitions drawn uniformly with replacement. The buffer must not be empty.
  /// No allocation.
  void draw(TransitionBatch& batch, Rng& rng) const;

  /// Only what is filled is stored. Throws UserError if it does not fit into the capacity.
  void state(Archive& archive);

 private:
  Index obs_dim_, action_dim_;
  MatrixF records_;  // (obs, action, reward, terminated, next obs) x capacity, uninitialised
  std::int64_t size_ = 0, next_ = 0;
};

}  // namespace rlrun
