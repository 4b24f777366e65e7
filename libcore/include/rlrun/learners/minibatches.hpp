#pragma once
// The order in which steps of a segment batch are learned from.

#include <span>
#include <vector>

#include "rlrun/episode.hpp"
#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Minibatches of an epoch: single steps in random order or, for networks that remember, whole
/// stretches of neighbouring steps in random order, each from where an episode or the segment
/// begins.
class RLRUN_API Minibatches {
 public:
  /// `columns` of the batch are learned from, ascending.
  Minibatches(const SegmentBatch& batch, const std::vector<Index>& columns, bool whole_stretches);

  /// Begins an epoch: each order is equally likely.
  void shuffle(Rng& rng);
  /// Steps in all.
  [[nodiscard]] Index size() const { return static_cast<Index>(order_.size()); }
  /// The next `steps` steps, or as few more as make whole stretches; fewer at the end of an epoch,
  /// and then none. Valid until `shuffle`.
  [[nodiscard]] std::span<const Index> next(Index steps);

 private:
  struct Stretch {
    Index first, length;  // columns of the batch
  };
  std::vector<Index> order_;
  std::vector<Stretch> stretches_;    // empty for single steps
  std::vector<Index> picked_;         // stretches in their order
  std::size_t stretch_ = 0, at_ = 0;  // where the next minibatch begins
};

}  // namespace rlrun
