// The only file that includes TBB.
#include "rlrun/parallel.hpp"

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <vector>

#if defined(__SANITIZE_THREAD__)
// The distribution's TBB is not instrumented, and ThreadSanitizer reports races in it that are
// none; suppressing them would blind it to ours. Same contract over std::thread.
#include <thread>
#else
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace rlrun {
namespace {

int threads = 1;

// Keeps the exception of the lowest index, whichever thread was first.
class FirstError {
 public:
  void run(const IndexBody& body, Index i) {
    try {
      body(i);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!error_ || i < index_) {
        error_ = std::current_exception();
        index_ = i;
      }
    }
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr error_;
  Index index_ = 0;
};

#if defined(__SANITIZE_THREAD__)

void run_threads(Index n, const IndexBody& body, FirstError& error) {
  std::atomic<Index> next{0};
  const auto work = [&] {
    for (Index i = next++; i < n; i = next++) error.run(body, i);
  };
  std::vector<std::thread> others;
  for (int t = 1; t < threads && t < n; ++t) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
}

#else

// Also lets an arena have more threads than there are cores, as was asked.
std::unique_ptr<tbb::global_control> limit;
std::unique_ptr<tbb::task_arena> arena;

void run_threads(Index n, const IndexBody& body, FirstError& error) {
  arena->execute([&] {
    tbb::parallel_for(
        tbb::blocked_range<Index>(0, n, 1),
        [&](const tbb::blocked_range<Index>& range) {
          for (Index i = range.begin(); i < range.end(); ++i) error.run(body, i);
        },
        tbb::simple_partitioner{});
  });
}

#endif

}  // namespace

void parallel_for(Index n, IndexBody body) {
  if (threads == 1 || n <= 1) {
    for (Index i = 0; i < n; ++i) body(i);
    return;
  }
  FirstError error;
  run_threads(n, body, error);
  error.rethrow();
}

void set_thread_count(int count) {
  threads = count < 1 ? 1 : count;
#if !defined(__SANITIZE_THREAD__)
  arena.reset();
  limit.reset();
  if (threads > 1)
    limit = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                  static_cast<std::size_t>(threads));
  arena = threads > 1 ? std::make_unique<tbb::task_arena>(threads) : nullptr;
#endif
}

int thread_count() {
  return threads;
}

}  // namespace rlrun
