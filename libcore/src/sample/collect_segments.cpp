#include "sample/collect_segments.hpp"

#include <algorithm>
#include <string>

#include "rlrun/error.hpp"
#include "rlrun/math/segments.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {
namespace {

// All columns run for equally long: whole registers of them in a slice, but so few that there are
// four slices, which a few threads share evenly. Tasks that run elsewhere do so at the same time if
// they are in one slice: there, a slice for each thread.
Index slice_width_for(Index n_slots, bool split_steps) {
  constexpr Index kMostColumns = 16, kFewThreads = 4;
  const Index wanted = split_steps ? Index{thread_count()} : kFewThreads;
  return ceil_div(n_slots, std::max(ceil_div(n_slots, kMostColumns), std::min(n_slots, wanted)));
}

}  // namespace

void CollectSegments::make_running(Index n_slots, Index memory_size) {
  running_.reserve(static_cast<std::size_t>(n_slots));
  for (Index s = 0; s < n_slots; ++s)
    running_.emplace_back(source_.slot(),
                          source_.root.fork("segments").fork(static_cast<std::uint64_t>(s)));
  memory_ = MatrixF::Zero(memory_size, n_slots);
  logs_.resize(static_cast<std::size_t>(n_slots));
}

void CollectSegments::resize_segments(Index n_slots, Index length) {
  segments_.slots = n_slots;
  segments_.length = length;
  const Index n = n_slots * length;
  segments_.observations.resize(source_.spec.obs_dim(), n);
  segments_.actions.resize(source_.spec.action_dim(), n);
  segments_.rewards.resize(n);
  segments_.terminated.assign(static_cast<std::size_t>(n), 0);
  segments_.truncated.assign(static_cast<std::size_t>(n), 0);
  segments_.unstable.assign(static_cast<std::size_t>(n), 0);
}

void CollectSegments::run_slice(const Policy& policy, Slice& slice, Index first, Index width,
                                const Rng& streams, std::vector<Bootstrap>& bootstraps) {
  slice.resize(source_.spec, policy.memory_size(), width);
  slice.memory = memory_.middleCols(first, width);
  for (Index c = 0; c < width; ++c)
    slice.streams[std::size_t(c)] = streams.fork(static_cast<std::uint64_t>(first + c));
  for (Index t = 0; t < segments_.length; ++t) {
    for (Index c = 0; c < width; ++c)
      slice.observations.col(c) = running_[std::size_t(first + c)].observation();
    slice.act(policy, width);
    source_.tick(width);
    if (source_.split_steps)
      for (Index c = 0; c < width; ++c)
        running_[std::size_t(first + c)].begin_step(slice.actions.col(c));
    for (Index c = 0; c < width; ++c) {
      const Index s = first + c, column = s * segments_.length + t;
      RunningSlot& slot = running_[std::size_t(s)];
      segments_.observations.col(column) = slice.observations.col(c);
      segments_.actions.col(column) = slice.actions.col(c);
      const Step step = slot.step(slice.actions.col(c), logs_[std::size_t(s)]);
      segments_.rewards(column) = step.reward;
      segments_.terminated[std::size_t(column)] = step.terminated;
      segments_.truncated[std::size_t(column)] = step.truncated;
      segments_.unstable[std::size_t(column)] = step.unstable;
      if (step.ended()) slice.memory.col(c).setZero();
      if (step.truncated || (t + 1 == segments_.length && !step.terminated)) {
        Bootstrap& bootstrap = bootstraps[std::size_t(s)];
        const VectorF& next = slot.next_observation();
        bootstrap.columns.push_back(column);
        bootstrap.observations.insert(bootstrap.observations.end(), next.data(),
                                      next.data() + next.size());
      }
    }
  }
  memory_.middleCols(first, width) = slice.memory;
}

void CollectSegments::write_starts() {
  segments_.starts.clear();
  for (Index column = 0; column < segments_.slots * segments_.length; ++column) {
    const bool first = column % segments_.length == 0;
    const auto before = static_cast<std::size_t>(first ? 0 : column - 1);
    if (first || segments_.terminated[before] != 0 || segments_.truncated[before] != 0)
      segments_.starts.push_back(column);
  }
}

const SegmentBatch& CollectSegments::operator()(const Policy& policy, Index n_slots, Index length) {
  RLRUN_CHECK(n_slots > 0 && length > 0);
  if (running_.empty()) make_running(n_slots, policy.memory_size());
  RLRUN_CHECK(static_cast<Index>(running_.size()) == n_slots,
              "the number of slots changed between calls");
  resize_segments(n_slots, length);
  const Index slice_width = slice_width_for(n_slots, source_.split_steps),
              n_slices = ceil_div(n_slots, slice_width);
  if (static_cast<Index>(slices_.size()) < n_slices) slices_.resize(std::size_t(n_slices));

  const MatrixF memory_before = memory_;
  const Rng streams = source_.next_call("segment_policy");
  std::vector<Bootstrap> bootstraps(static_cast<std::size_t>(n_slots));
  parallel_for(n_slices, [&](Index i) {
    const Index first = i * slice_width, width = std::min(slice_width, n_slots - first);
    run_slice(policy, slices_[std::size_t(i)], first, width, streams, bootstraps);
  });

  segments_.bootstrap_columns.clear();
  for (const Bootstrap& b : bootstraps)
    segments_.bootstrap_columns.insert(segments_.bootstrap_columns.end(), b.columns.begin(),
                                       b.columns.end());
  segments_.bootstrap_observations.resize(source_.spec.obs_dim(),
                                          static_cast<Index>(segments_.bootstrap_columns.size()));
  float* to = segments_.bootstrap_observations.data();
  for (const Bootstrap& b : bootstraps)
    to = std::copy(b.observations.begin(), b.observations.end(), to);

  write_starts();
  segments_.memory = memory_at_starts(segments_, memory_before);
  for (EpisodeLog& slot_log : logs_) {
    append(source_.log.episodes, slot_log);
    slot_log = {};
  }
  source_.count(n_slots * length);
  return segments_;
}

void CollectSegments::state(Archive& archive) {
  auto n_running = static_cast<std::int64_t>(running_.size());
  archive("running", n_running);
  if (archive.restoring()) {
    constexpr std::int64_t kMost = 1'000'000;
    if (n_running < 0 || n_running > kMost)
      throw UserError("the number of stored episodes makes no sense", ExitCode::kStore);
    running_.clear();
    make_running(n_running, 0);
  }
  for (RunningSlot& slot : running_) slot.state(archive);
  archive("memory", memory_);
}

void CollectSegments::check_memory(const Policy& policy) const {
  if (running_.empty()) return;
  const auto slots = static_cast<Index>(running_.size());
  if (memory_.rows() != policy.memory_size() || memory_.cols() != slots)
    throw UserError("the stored memory of the running episodes is " +
                        std::to_string(memory_.rows()) + " x " + std::to_string(memory_.cols()) +
                        ", but the policy's is " + std::to_string(policy.memory_size()) + " x " +
                        std::to_string(slots),
                    ExitCode::kStore);
}

}  // namespace rlrun
