#include "rlrun/replay/replay_buffer.hpp"

#include <algorithm>
#include <string>

#include "rlrun/error.hpp"

namespace rlrun {

TransitionBatch::TransitionBatch(Index obs_dim, Index action_dim, Index size)
    : observations(obs_dim, size),
      actions(action_dim, size),
      rewards(size),
      terminated(size),
      next_observations(obs_dim, size),
      rows(static_cast<std::size_t>(size)) {}

ReplayBuffer::ReplayBuffer(Index obs_dim, Index action_dim, Index capacity)
    : obs_dim_(obs_dim), action_dim_(action_dim), records_(2 * obs_dim + action_dim + 2, capacity) {
  RLRUN_CHECK(capacity > 0);
}

void ReplayBuffer::push(VectorFIn observation, VectorFIn action, float reward,
                        VectorFIn next_observation, bool terminated) {
  auto record = records_.col(next_);
  record.head(obs_dim_) = observation;
  record.segment(obs_dim_, action_dim_) = action;
  record(obs_dim_ + action_dim_) = reward;
  record(obs_dim_ + action_dim_ + 1) = terminated ? 1.0F : 0.0F;
  record.tail(obs_dim_) = next_observation;
  next_ = (next_ + 1) % capacity();
  size_ = std::max(size_, next_ == 0 ? std::int64_t{capacity()} : next_);
}

void ReplayBuffer::draw(TransitionBatch& batch, Rng& rng) const {
  RLRUN_CHECK(size_ > 0);
  constexpr Index kLine = 16;  // floats of a cache line
  // The records are far apart: all are asked for before the first is read.
  for (Index& row : batch.rows) {
    row = rng.below(size_);
    const float* record = records_.col(row).data();
    for (Index i = 0; i < records_.rows(); i += kLine) __builtin_prefetch(record + i);
  }
  for (Index i = 0; i < static_cast<Index>(batch.rows.size()); ++i) {
    const auto record = records_.col(batch.rows[static_cast<std::size_t>(i)]);
    batch.observations.col(i) = record.head(obs_dim_);
    batch.actions.col(i) = record.segment(obs_dim_, action_dim_);
    batch.rewards(i) = record(obs_dim_ + action_dim_);
    batch.terminated(i) = record(obs_dim_ + action_dim_ + 1);
    batch.next_observations.col(i) = record.tail(obs_dim_);
  }
}

void ReplayBuffer::state(Archive& archive) {
  archive("size", size_);
  archive("next", next_);
  if (size_ < 0 || size_ > capacity() || next_ < 0 || next_ >= capacity())
    throw UserError("a replay buffer of " + std::to_string(size_) +
                        " transitions does not fit into a capacity of " +
                        std::to_string(capacity()),
                    ExitCode::kStore);
  archive.values("records", records_.data(), records_.rows() * size_);
}

}  // namespace rlrun
