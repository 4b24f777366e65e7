#include "nn/time_order.hpp"

namespace rlrun::nn {

void TimeOrder::arrange(const Steps& steps) {
  const Index sequences = steps.sequences();
  by_length_.clear();
  for (Index s = 0; s < sequences; ++s) by_length_.emplace_back(-steps.length(s), s);
  std::sort(by_length_.begin(), by_length_.end());
  const Index n_steps = sequences > 0 ? -by_length_[0].first : 0;
  columns_.resize(std::size_t(steps.columns.cols()));
  from_.assign(1, 0);
  Index place = 0, running = sequences;
  for (Index t = 0; t < n_steps; ++t) {
    while (-by_length_[std::size_t(running - 1)].first <= t) --running;
    for (Index rank = 0; rank < running; ++rank)
      columns_[std::size_t(place++)] = steps.first(sequence(rank)) + t;
    from_.push_back(place);
  }
}

}  // namespace rlrun::nn
