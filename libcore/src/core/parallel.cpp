// The only file that includes TBB.
#include "rlrun/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#if !defined(__SANITIZE_THREAD__)
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#endif

namespace rlrun {
namespace {

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

#if !defined(__SANITIZE_THREAD__)
// As many of these threads as the system lets us have. TBB would wait for ever for the others.
int threads_to_be_had(int wanted) {
  std::vector<std::thread> others;
  others.reserve(static_cast<std::size_t>(wanted));
  std::atomic<bool> over{false};
  try {
    while (static_cast<int>(others.size()) < wanted - 1)
      others.emplace_back([&over] { over.wait(false); });
  } catch (const std::system_error&) {  // a limit on processes, or no memory for a stack
  }
  over = true;
  over.notify_all();
  for (std::thread& thread : others) thread.join();
  return static_cast<int>(others.size()) + 1;
}
#endif

// Threads that help with one loop after the other. The loops of a training follow each other within
// microseconds, and to wake a thread takes longer than many of them: so a helper stays and watches
// for the next one for a while before it goes back to where it came from.
class Team {
 public:
  void resize(int threads) {
    closing_ = true;
    while (helpers_ > 0) std::this_thread::yield();
    closing_ = false;
    threads_ = threads;
#if !defined(__SANITIZE_THREAD__)
    arena_.reset();
    limit_.reset();
    if (threads > 1) threads_ = threads = threads_to_be_had(threads);
    if (threads == 1) return;
    // Also lets an arena have more threads than there are cores, as was asked.
    limit_ = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                   static_cast<std::size_t>(threads));
    arena_ = std::make_unique<tbb::task_arena>(threads);
#endif
  }
  [[nodiscard]] int threads() const {
    return threads_;
  }

  // False if the team is at another loop: this one is inside a body of that, or on another thread.
  bool run(Index n, const IndexBody& body, FirstError& error) {
    if (busy_.test_and_set(std::memory_order_acquire)) return false;
    n_ = n;
    body_ = &body;
    error_ = &error;
    unfinished_.store(n, std::memory_order_relaxed);
    left_ = n;  // from here on helpers take part
    for (const Index wanted = std::min<Index>(threads_ - 1, n - 1); helpers_ < wanted;) {
      ++helpers_;
      try {
        call_helper();
      } catch (...) {  // no memory or no thread to be had: it takes longer, and that is all
        --helpers_;
        break;
      }
    }
    work();
    Patience patience;
    while (unfinished_.load(std::memory_order_acquire) > 0) patience.wait();
    busy_.clear(std::memory_order_release);
    return true;
  }

 private:
  // Waits busily for what should come in microseconds, and lets others run when it does not.
  class Patience {
   public:
    void wait() {
      for (int i = 0; i < 16; ++i) __builtin_ia32_pause();
      if (++rounds_ > kRoundsAlone) std::this_thread::yield();
    }
    [[nodiscard]] bool exhausted() const {
      return rounds_ % kRoundsAlone == 0 && Clock::now() - start_ > kWatch;
    }

   private:
    using Clock = std::chrono::steady_clock;
    static constexpr int kRoundsAlone = 32;
    static constexpr std::chrono::microseconds kWatch{200};
    Clock::time_point start_ = Clock::now();
    int rounds_ = 0;
  };

  // Takes indices until none is left. What belongs to a loop is read after an index of it was
  // taken, when it cannot end.
  void work() {
    Index left = left_.load(std::memory_order_acquire);
    while (left > 0) {
      if (!left_.compare_exchange_weak(left, left - 1, std::memory_order_acq_rel)) continue;
      error_->run(*body_, n_ - left);
      unfinished_.fetch_sub(1, std::memory_order_release);
      left = left_.load(std::memory_order_acquire);
    }
  }

  void help() {
    do {
      work();
      for (Patience patience; left_ <= 0 && !closing_ && !patience.exhausted();) patience.wait();
      if (left_ > 0) continue;
      --helpers_;
      // A loop that began just now has counted on this helper.
      if (left_ <= 0) return;
      ++helpers_;
    } while (true);
  }

#if defined(__SANITIZE_THREAD__)
  // The distribution's TBB is not instrumented, and ThreadSanitizer reports races in it that are
  // none; suppressing them would blind it to ours.
  void call_helper() {
    std::thread([this] { help(); }).detach();
  }
#else
  void call_helper() {
    arena_->enqueue([this] { help(); });
  }
  std::unique_ptr<tbb::global_control> limit_;
  std::unique_ptr<tbb::task_arena> arena_;
#endif

  int threads_ = 1;
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  std::atomic<bool> closing_{false};
  std::atomic<Index> helpers_{0};
  // The loop.
  std::atomic<Index> left_{0}, unfinished_{0};
  Index n_ = 0;
  const IndexBody* body_ = nullptr;
  FirstError* error_ = nullptr;
};

// Never destroyed: at the program's end helpers may still look at it.
Team& team = *new Team;

}  // namespace

void parallel_for(Index n, IndexBody body) {
  if (n > 1 && team.threads() > 1) {
    FirstError error;
    if (team.run(n, body, error)) return error.rethrow();
  }
  for (Index i = 0; i < n; ++i) body(i);
}

void set_thread_count(int count) {
  team.resize(std::max(count, 1));
}

int thread_count() {
  return team.threads();
}

}  // namespace rlrun
