#include "sample/training_evaluation.hpp"

#include <algorithm>
#include <utility>

#include "rlrun/parallel.hpp"

namespace rlrun {

TrainingEvaluation::TrainingEvaluation(EnvFactory factory, Index episodes, const Rng& streams,
                                       double unstable_penalty)
    : factory_(std::move(factory)),
      episodes_(episodes),
      streams_(streams),
      unstable_penalty_(unstable_penalty) {}
TrainingEvaluation::~TrainingEvaluation() = default;

EpisodeLog TrainingEvaluation::play(const Policy& policy, std::uint64_t number,
                                    std::atomic<std::int64_t>* ticker) {
  while (static_cast<Index>(slots_.size()) < episodes_)
    slots_.push_back(std::make_unique<Slot>(factory_(), unstable_penalty_));
  const Index n_slices = ceil_div(episodes_, kSliceWidth);
  slices_.resize(static_cast<std::size_t>(n_slices));
  logs_.assign(static_cast<std::size_t>(episodes_), {});

  const Rng streams = streams_.fork(number);
  parallel_for(n_slices, [&](Index i) {
    const Index first = i * kSliceWidth;
    play_slice(policy, first, std::min(kSliceWidth, episodes_ - first), streams, ticker);
  });
  EpisodeLog all;
  for (const EpisodeLog& log : logs_) append(all, log);
  return all;
}

void TrainingEvaluation::play_slice(const Policy& policy, Index first, Index width,
                                    const Rng& streams, std::atomic<std::int64_t>* ticker) {
  Slice& slice = slices_[std::size_t(first / kSliceWidth)];
  slice.resize(slots_.front()->spec(), policy.memory_size(), width);
  for (Index column = 0; column < width; ++column) {
    const Rng stream = streams.fork(static_cast<std::uint64_t>(first + column));
    slice.slots.push_back(first + column);
    slice.streams[std::size_t(column)] = stream.fork("policy");
    slots_[std::size_t(first + column)]->begin(stream.fork("env"), slice.observations.col(column));
  }
  while (!slice.slots.empty()) {
    const auto n = static_cast<Index>(slice.slots.size());
    slice.act(policy, n, ActMode::kGreedy);
    if (ticker != nullptr) ticker->fetch_add(n, std::memory_order_relaxed);
    for (Index column = 0; column < n; ++column)
      slots_[std::size_t(slice.slots[std::size_t(column)])]->begin_step(slice.actions.col(column));
    // From the back, so that the column that fills a hole has been stepped.
    for (Index column = n - 1; column >= 0; --column) {
      const Index s = slice.slots[std::size_t(column)];
      Slot& slot = *slots_[std::size_t(s)];
      const Step step = slot.step(slice.actions.col(column), slice.observations.col(column));
      if (!step.ended()) continue;
      slot.record(logs_[std::size_t(s)]);
      slice.drop(column);
    }
  }
}

}  // namespace rlrun
