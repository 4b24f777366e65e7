#pragma once
// Work for threads that have run out of work: columns of slices that are not.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "sample/sample_source.hpp"

namespace rlrun {

/// Between a fixed number of tasks, each with a slice of running columns. Episodes end when they
/// will, and a thread that has no column left would wait for the others; so it is given some of
/// theirs. A column owns all that its slot needs, so it does not matter who steps it.
class Handover {
 public:
  explicit Handover(Index n_tasks) : not_begun_(n_tasks) {}

  /// The presence of a task. One that throws is no longer waited for.
  class Runner {
   public:
    explicit Runner(Handover& handover);
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

   private:
    Handover& handover_;
  };

  /// Someone waits for columns.
  [[nodiscard]] bool wanted() const { return wanted_.load(std::memory_order_relaxed) > 0; }
  /// Leaves half of the columns, rounded down, to one who waits.
  void give(Slice& slice);
  /// Puts what another task leaves into the empty slice. Waits for it; false if there is nothing to
  /// come, or if a task has not begun, which its thread would rather do.
  bool take(Slice& slice);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<Index> wanted_{0};  // those who wait, without those for whom there is a gift
  Index not_begun_;
  Index busy_ = 0;  // tasks with columns, and gifts
  std::vector<std::vector<Slice::Column>> gifts_;
};

}  // namespace rlrun
