#include "sample/collect.hpp"

#include <algorithm>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {
namespace {

constexpr Index kMaxSlots = 20;  // of `collect`: 50,000 steps at horizon 500 are 20 x 5 episodes

// The number of slots that wastes least when every episode has full length; the largest of equals.
Index slots_for(Index min_steps, Index horizon) {
  const Index episodes = std::max<Index>(1, ceil_div(min_steps, horizon));
  if (episodes <= kMaxSlots) return episodes;
  Index best = kMaxSlots, waste = kMaxSlots;
  for (Index slots = kMaxSlots; slots > kMaxSlots / 2; --slots) {
    const Index excess = slots * ceil_div(episodes, slots) - episodes;
    if (excess < waste) {
      best = slots;
      waste = excess;
    }
  }
  return best;
}

}  // namespace

void Collect::begin_episode(Slice& slice, Index column, const Rng& streams) {
  const Index s = slice.slots[std::size_t(column)];
  Recording& record = recordings_[std::size_t(s)];
  const Rng stream = streams.fork(static_cast<std::uint64_t>(s)).fork(record.log.returns.size());
  slots_[std::size_t(s)]->begin(stream.fork("env"), slice.observations.col(column));
  slice.streams[std::size_t(column)] = stream.fork("policy");
  slice.memory.col(column).setZero();
  record.recorded = 0;
  record.observe(slice.observations.col(column).data(), source_.spec.obs_dim());
}

// One step of one column. False: the slot has reached its quota.
bool Collect::step_column(Slice& slice, Index column, const Rng& streams, Index quota) {
  const Index s = slice.slots[std::size_t(column)];
  Recording& record = recordings_[std::size_t(s)];
  Slot& slot = *slots_[std::size_t(s)];
  auto observation = slice.observations.col(column);
  const float* action = slice.actions.col(column).data();
  const Step step = slot.step(slice.actions.col(column), observation);
  ++record.steps;
  if (!step.unstable) {
    record.actions.insert(record.actions.end(), action, action + source_.spec.action_dim());
    record.rewards.push_back(step.reward);
    record.observe(observation.data(), source_.spec.obs_dim());
    ++record.recorded;
  }
  if (!step.ended()) return true;
  slot.record(record.log);
  record.episodes.push_back({record.recorded, step.terminated, step.unstable});
  if (record.steps >= quota) return false;
  begin_episode(slice, column, streams);
  return true;
}

// Steps the columns until none is left here, nor to be had from others. A slot that fails is done,
// and the others go on: so what is reported does not depend on who ran when.
void Collect::run_slice(const Policy& policy, Slice& slice, Handover& handover, const Rng& streams,
                        Index quota) {
  do {
    while (!slice.slots.empty()) {
      if (handover.wanted()) handover.give(slice);
      slice.act(policy, static_cast<Index>(slice.slots.size()));
      source_.tick(static_cast<std::int64_t>(slice.slots.size()));
      if (source_.split_steps)
        for (Index column = 0; column < static_cast<Index>(slice.slots.size()); ++column)
          slots_[std::size_t(slice.slots[std::size_t(column)])]->begin_step(
              slice.actions.col(column));
      for (Index column = 0; column < static_cast<Index>(slice.slots.size());) {
        bool goes_on = false;
        try {
          goes_on = step_column(slice, column, streams, quota);
        } catch (...) {
          recordings_[std::size_t(slice.slots[std::size_t(column)])].error =
              std::current_exception();
        }
        if (goes_on) {
          ++column;
        } else {
          // The column that takes this place has its action still to be executed.
          const auto last = static_cast<Index>(slice.slots.size()) - 1;
          slice.actions.col(column) = slice.actions.col(last);
          slice.drop(column);
        }
      }
    }
  } while (handover.take(slice));
}

Batch Collect::take_batch(Index n_slots) {
  Batch batch;
  for (Index s = 0; s < n_slots; ++s) {
    Recording& record = recordings_[std::size_t(s)];
    const float *observation = record.observations.data(), *action = record.actions.data();
    const double* reward = record.rewards.data();
    for (const Recording::Span& span : record.episodes) {
      if (span.steps > 0) {
        Episode& episode = batch.emplace_back();
        episode.observations =
            Eigen::Map<const MatrixF>(observation, source_.spec.obs_dim(), span.steps + 1);
        episode.actions = Eigen::Map<const MatrixF>(action, source_.spec.action_dim(), span.steps);
        episode.rewards = Eigen::Map<const Vector>(reward, span.steps);
        episode.terminated = span.terminated;
        episode.unstable = span.unstable;
      }
      observation += source_.spec.obs_dim() * (span.steps + 1);
      action += source_.spec.action_dim() * span.steps;
      reward += span.steps;
    }
    append(source_.log.episodes, record.log);
    source_.count(record.steps);
  }
  return batch;
}

Batch Collect::operator()(const Policy& policy, Index min_steps) {
  RLRUN_CHECK(min_steps > 0);
  min_steps = source_.steps_left().batch(min_steps);
  const Index n_slots = slots_for(min_steps, source_.spec.horizon);
  const Index quota = ceil_div(min_steps, n_slots), n_slices = ceil_div(n_slots, kSliceWidth);
  while (static_cast<Index>(slots_.size()) < n_slots)
    slots_.push_back(std::make_unique<Slot>(source_.slot()));
  recordings_.resize(slots_.size());
  // Threads beyond the slices begin with what others give.
  const Index n_tasks = std::max<Index>(n_slices, thread_count());
  if (static_cast<Index>(slices_.size()) < n_tasks) slices_.resize(std::size_t(n_tasks));

  const Rng streams = source_.next_call("rollout");
  Handover handover(n_tasks);
  parallel_for(n_tasks, [&](Index i) {
    const Handover::Runner runner(handover);
    Slice& slice = slices_[std::size_t(i)];
    slice.resize(source_.spec, policy.memory_size(), kSliceWidth);
    for (Index s = i * kSliceWidth; s < std::min((i + 1) * kSliceWidth, n_slots); ++s) {
      recordings_[std::size_t(s)].clear();
      slice.slots.push_back(s);
      begin_episode(slice, static_cast<Index>(slice.slots.size()) - 1, streams);
    }
    run_slice(policy, slice, handover, streams, quota);
  });
  for (Index s = 0; s < n_slots; ++s)
    if (recordings_[std::size_t(s)].error)
      std::rethrow_exception(recordings_[std::size_t(s)].error);
  return take_batch(n_slots);
}

}  // namespace rlrun
