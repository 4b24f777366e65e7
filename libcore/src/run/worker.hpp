#pragma once
// A trial in a process of its own.

#include <atomic>
#include <memory>
#include <string>

#include <sys/types.h>

#include "experiment/trial.hpp"
#include "plugin/catalog.hpp"
#include "run/trial_record.hpp"
#include "store/store.hpp"

namespace rlrun {

/// What a worker tells its parent while it runs: one page of shared memory, which survives whatever
/// the worker does.
struct LivePage {
  enum class Phase : int { kLoading, kRunning, kCommitting, kComplete, kStopped, kFailed };
  std::atomic<Phase> phase{Phase::kLoading};
  std::atomic<std::int64_t> ticks{0};  ///< Environment steps in this life of the trial.
  std::atomic<std::int64_t> iterations{0}, steps{0};
  std::atomic<double> fraction{0}, mean_return{0}, wall_seconds{0};
  char kind[16] = {};  ///< Cause of kFailed.
  char message[1024] = {};
  int exit_code = 0;  ///< Of the error that ended it; 0 if none is documented.

  [[nodiscard]] std::string place() const;  ///< "in iteration 3", for messages.
};

struct WorkerOptions {
  int threads = 1;
  double checkpoint_seconds = 10;
  std::int64_t memory_mib = 0;  ///< Limit of the address space; 0: none.
};

/// A running worker, from the side of the parent. The parent must be single-threaded.
class Worker {
 public:
  /// Forks. The child loads the trial's plugins, runs it, commits its file, and exits. It leads a
  /// process group of its own and dies with the parent.
  Worker(const Trial& trial, const Catalog& catalog, const Store& store,
         const WorkerOptions& options);
  ~Worker();  ///< Kills what is left of the group.
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] const LivePage& page() const { return *page_; }
  [[nodiscard]] int descriptor() const { return pidfd_; }  ///< Readable when the child has ended.
  void terminate() const;                                  ///< Asks it to save its state and end.
  void kill() const;
  /// After its end: what became of it. For kFailed `cause` says why, whatever way it ended.
  LivePage::Phase reap(Cause& cause);

 private:
  LivePage* page_ = nullptr;
  pid_t pid_ = -1;
  int pidfd_ = -1;
};

}  // namespace rlrun
