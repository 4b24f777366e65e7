#pragma once
// When a worker that does not go on has had enough time.

#include <functional>

#include "run/worker.hpp"

namespace rlrun {

/// Watches one worker. It counts time that the caller has seen pass, and no clock: one that is set
/// or runs too fast ends no trial.
class Watchdog {
 public:
  enum class Verdict {
    kFine,
    kAsleep,  ///< Somebody stopped the process (SIGSTOP): wake it; it then has the time once more.
    kHangs
  };
  /// `seconds` have passed since the last look. `limit` is the time without a step; storing a
  /// result may take ten times as long, since a slow disk is no hang. `stopped` tells whether the
  /// process is stopped now.
  Verdict look(const WorkerReport& report, double seconds, double limit,
               const std::function<bool()>& stopped);

 private:
  std::int64_t ticks_ = -1, iterations_ = -1;
  LivePage::Phase phase_ = LivePage::Phase::kLoading;
  double still_seconds_ = 0;
  bool woken_ = false;
};

}  // namespace rlrun
