#include "rlrun/math/segments.hpp"

#include "rlrun/error.hpp"

namespace rlrun {

Vector segment_gae(const SegmentBatch& batch, VectorIn rewards, VectorIn values,
                   VectorIn bootstrap_values, double discount, double lambda,
                   bool bootstrap_at_time_limit) {
  const Index n = batch.slots * batch.length;
  RLRUN_CHECK(rewards.size() == n && values.size() == n);
  RLRUN_CHECK(bootstrap_values.size() == static_cast<Index>(batch.bootstrap_columns.size()));
  Vector advantages(n);
  Index bootstraps = bootstrap_values.size();  // those that are left, from the back
  double next = 0;                             // advantage of the step that follows
  for (Index column = n - 1; column >= 0; --column) {
    const bool terminated = batch.terminated[std::size_t(column)] != 0;
    const bool truncated = batch.truncated[std::size_t(column)] != 0;
    const bool last = column % batch.length == batch.length - 1;
    if (terminated || truncated || last) next = 0;

    double next_value = 0;
    if (bootstraps > 0 && batch.bootstrap_columns[std::size_t(bootstraps - 1)] == column) {
      --bootstraps;
      if (batch.unstable[std::size_t(column)] != 0) {
        advantages(column) = 0;  // and `next` is 0 for the step before
        continue;
      }
      if (!truncated || bootstrap_at_time_limit) next_value = bootstrap_values(bootstraps);
    } else if (!terminated) {
      next_value = values(column + 1);
    }
    const double delta = rewards(column) + discount * next_value - values(column);
    next = delta + discount * lambda * next;
    advantages(column) = next;
  }
  return advantages;
}

MatrixF memory_at_starts(const SegmentBatch& batch, MatrixFIn slot_memory) {
  RLRUN_CHECK(slot_memory.cols() == batch.slots);
  const auto n = static_cast<Index>(batch.starts.size());
  MatrixF memory = MatrixF::Zero(slot_memory.rows(), n);
  for (Index s = 0; s < n; ++s)
    if (const Index start = batch.starts[std::size_t(s)]; start % batch.length == 0)
      memory.col(s) = slot_memory.col(start / batch.length);
  return memory;
}

Vector RewardScaling::operator()(const SegmentBatch& batch) {
  if (returns_.size() == 0) returns_ = Vector::Zero(batch.slots);
  RLRUN_CHECK(returns_.size() == batch.slots);
  Matrix seen(1, batch.rewards.size());
  Index n_seen = 0;
  for (Index slot = 0; slot < batch.slots; ++slot)
    for (Index t = 0; t < batch.length; ++t) {
      const Index column = slot * batch.length + t;
      if (batch.unstable[std::size_t(column)] != 0) {
        returns_(slot) = 0;
        continue;
      }
      returns_(slot) = discount_ * returns_(slot) + batch.rewards(column);
      seen(0, n_seen++) = returns_(slot);
      if (batch.terminated[std::size_t(column)] != 0 || batch.truncated[std::size_t(column)] != 0)
        returns_(slot) = 0;
    }
  moments_.add(seen.leftCols(n_seen).eval());
  return (batch.rewards * moments_.inverse_std()(0)).cwiseMax(-10).cwiseMin(10);
}

void RewardScaling::state(Archive& archive) {
  moments_.state(archive);
  archive("running_returns", returns_);
}

}  // namespace rlrun
