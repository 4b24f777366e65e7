#pragma once
// A trial in a process of its own.

#include <atomic>
#include <memory>
#include <string>

#include <sys/types.h>

#include "plugin/catalog.hpp"
#include "store/store.hpp"
#include "trial/trial.hpp"

namespace rlrun {

struct WorkerReport;

/// What a worker tells its parent while it runs: a page of memory that the two share and nobody
/// else has. It survives whatever the worker does, and may hold whatever a plugin has written
/// there.
struct LivePage {
  enum class Phase : int { kLoading, kRunning, kCommitting, kComplete, kStopped, kFailed };
  std::atomic<Phase> phase{Phase::kLoading};
  std::atomic<std::int64_t> ticks{0};  ///< Environment steps in this life of the trial.
  std::atomic<std::int64_t> iterations{0}, steps{0};
  std::atomic<double> fraction{0}, mean_return{0}, wall_seconds{0};
  char kind[16] = {};  ///< Cause of kFailed.
  char message[1024] = {};
  int exit_code = 0;  ///< Of the error that ended it; 0 if none is documented.

  /// As values that can be relied on to be values: known phases, finite numbers, plain text.
  [[nodiscard]] WorkerReport read() const;
};

struct WorkerReport {
  LivePage::Phase phase = LivePage::Phase::kLoading;
  std::int64_t ticks = 0, iterations = 0, steps = 0;       ///< 0 to 2^53.
  double fraction = 0, mean_return = 0, wall_seconds = 0;  ///< A return may be NaN.
  std::string kind{}, message{};
  int exit_code = 0;

  [[nodiscard]] std::string place() const;  ///< "in iteration 3", for messages.
};

struct WorkerOptions {
  int threads = 1;
  double checkpoint_seconds = 10;
  std::int64_t address_mib = 0;  ///< Limit of the address space; 0: none.
  std::int64_t memory_mib = 0;   ///< Limit of what is allocated; 0: none.
  std::string shorter;           ///< Name of the state to go on from (see LastStates); "": none.
  bool keep_state = false;       ///< The last state of the trial, whatever its size.
};

/// A running worker, from the side of the parent. The parent must be single-threaded.
class Worker {
 public:
  /// Forks. The child loads the trial's plugins, runs it, commits its file, and exits. It leads a
  /// process group of its own and dies with the parent. Throws UserError (exit code 7).
  Worker(const Trial& trial, const Catalog& catalog, const Store& store,
         const WorkerOptions& options);
  ~Worker();  ///< Kills what is left of the group.
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] WorkerReport report() const { return page_->read(); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int descriptor() const { return pidfd_; }  ///< Readable when the child has ended.
  void terminate() const;                                  ///< Asks it to save its state and end.
  void wake() const;                                       ///< If something has stopped it.
  void kill() const;
  int reap();  ///< After its end, once: the status of waitpid. What is left of its group is ended.

 private:
  void reap_after_kill();

  LivePage* page_ = nullptr;
  pid_t pid_ = -1;
  int pidfd_ = -1;
};

}  // namespace rlrun
