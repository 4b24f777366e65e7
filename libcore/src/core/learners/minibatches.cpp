#include "rlrun/learners/minibatches.hpp"

#include <algorithm>
#include <numeric>

#include "rlrun/math/statistics.hpp"

namespace rlrun {

Minibatches::Minibatches(const SegmentBatch& batch, const std::vector<Index>& columns,
                         bool whole_stretches)
    : order_(columns) {
  if (!whole_stretches) return;
  std::size_t next_start = 0;
  for (const Index column : columns) {
    bool begins = false;
    for (; next_start < batch.starts.size() && batch.starts[next_start] <= column; ++next_start)
      begins = true;
    if (begins) stretches_.push_back({column, 0});
    ++stretches_.back().length;
  }
  picked_.resize(stretches_.size());
  std::iota(picked_.begin(), picked_.end(), Index{0});
}

void Minibatches::shuffle(Rng& rng) {
  stretch_ = at_ = 0;
  if (stretches_.empty()) {
    rlrun::shuffle(order_, rng);
    return;
  }
  rlrun::shuffle(picked_, rng);
  auto to = order_.begin();
  for (const Index pick : picked_) {
    const Stretch& stretch = stretches_[std::size_t(pick)];
    std::iota(to, to + stretch.length, stretch.first);
    to += stretch.length;
  }
}

std::span<const Index> Minibatches::next(Index steps) {
  const std::size_t from = at_;
  if (stretches_.empty()) {
    at_ = std::min(from + std::size_t(steps), order_.size());
  } else {
    for (; stretch_ < picked_.size() && at_ < from + std::size_t(steps); ++stretch_)
      at_ += std::size_t(stretches_[std::size_t(picked_[stretch_])].length);
  }
  return std::span(order_).subspan(from, at_ - from);
}

}  // namespace rlrun
