#pragma once
// From segments of running episodes to advantages and value targets.

#include "rlrun/archive.hpp"
#include "rlrun/episode.hpp"
#include "rlrun/math/running_moments.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Generalised advantage estimates of the steps of each slot, (slots * length). `values` holds V
/// for each column of `batch.observations`, `bootstrap_values` for each of
/// `batch.bootstrap_observations`. Sums end where an episode does: after a terminated step the
/// value is 0; after one that ran out of time it is V of the state that followed, or 0 as well
/// unless `bootstrap_at_time_limit` is set. Where a segment ends within an episode, V of the state
/// that followed always counts. So does V of the state in which a step broke the simulation, for
/// the step before; the unstable step itself gets 0.
RLRUN_API Vector segment_gae(const SegmentBatch& batch, VectorIn rewards, VectorIn values,
                             VectorIn bootstrap_values, double discount, double lambda,
                             bool bootstrap_at_time_limit);

/// What is remembered where each sequence of a batch begins, (memory_size, batch.starts.size()):
/// what `slot_memory`, (memory_size, slots), holds for a segment's first step, zero for an episode's.
RLRUN_API MatrixF memory_at_starts(const SegmentBatch& batch, MatrixFIn slot_memory);

/// Rewards in units of the running standard deviation of the discounted return, clipped to +-10.
/// Each slot keeps its running return G = discount G + r, which starts anew with each episode; the
/// mean is not subtracted. Unstable steps are no part of it.
class RLRUN_API RewardScaling {
 public:
  explicit RewardScaling(double discount) : discount_(discount), moments_(1) {}

  /// The batch's rewards, scaled with moments that this batch has been added to.
  Vector operator()(const SegmentBatch& batch);
  void state(Archive& archive);

 private:
  double discount_;
  RunningMoments moments_;
  Vector returns_;  // G of each slot
};

}  // namespace rlrun
