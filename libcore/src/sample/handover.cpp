#include "sample/handover.hpp"

#include <utility>

namespace rlrun {

Handover::Runner::Runner(Handover& handover) : handover_(handover) {
  const std::lock_guard lock(handover_.mutex_);
  --handover_.not_begun_;
  ++handover_.busy_;
}

Handover::Runner::~Runner() {
  {
    const std::lock_guard lock(handover_.mutex_);
    --handover_.busy_;
  }
  handover_.changed_.notify_all();
}

void Handover::give(Slice& slice) {
  const std::size_t n = slice.slots.size() / 2;
  if (n == 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (wanted_ == 0) return;
    --wanted_;
    ++busy_;
    std::vector<Slice::Column>& gift = gifts_.emplace_back();
    for (std::size_t i = 0; i < n; ++i) gift.push_back(slice.take_last());
  }
  changed_.notify_one();
}

bool Handover::take(Slice& slice) {
  std::unique_lock lock(mutex_);
  if (not_begun_ > 0) return false;
  --busy_;  // not while it waits
  ++wanted_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !gifts_.empty() || busy_ == 0; });
  if (gifts_.empty()) {
    --wanted_;
    ++busy_;  // until it leaves
    return false;
  }
  for (const Slice::Column& column : gifts_.back()) slice.add(column);
  gifts_.pop_back();
  return true;
}

}  // namespace rlrun
