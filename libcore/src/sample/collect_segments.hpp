#pragma once
// The verb `collect_segments`: as many steps from each slot, whose episodes go on from call to
// call.

#include <vector>

#include "sample/sample_source.hpp"
#include "sample/slot.hpp"

namespace rlrun {

class CollectSegments {
 public:
  explicit CollectSegments(SampleSource& source) : source_(source) {}
  const SegmentBatch& operator()(const Policy& policy, Index n_slots, Index length);
  void state(Archive& archive);
  /// Throws UserError (exit code 5) if restored episodes have the memory of another policy.
  void check_memory(const Policy& policy) const;

 private:
  // Where a value is needed that no column holds: for one slot, in order of time.
  struct Bootstrap {
    std::vector<Index> columns;
    std::vector<float> observations;
  };

  void make_running(Index n_slots, Index memory_size);
  void resize_segments(Index n_slots, Index length);
  void write_starts();
  void run_slice(const Policy& policy, Slice& slice, Index first, Index width, const Rng& streams,
                 std::vector<Bootstrap>& bootstraps);

  SampleSource& source_;
  std::vector<RunningSlot> running_;
  MatrixF memory_;  // of the running episodes
  SegmentBatch segments_;
  std::vector<EpisodeLog> logs_;
  std::vector<Slice> slices_;
};

}  // namespace rlrun
