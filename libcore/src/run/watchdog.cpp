#include "run/watchdog.hpp"

namespace rlrun {
namespace {

constexpr double kPatienceWithDisks = 10;

}  // namespace

Watchdog::Verdict Watchdog::look(const WorkerReport& report, double seconds, double limit,
                                 const std::function<bool()>& stopped) {
  if (report.ticks != ticks_ || report.iterations != iterations_ || report.phase != phase_) {
    ticks_ = report.ticks;
    iterations_ = report.iterations;
    phase_ = report.phase;
    still_seconds_ = 0;
    woken_ = false;
    return Verdict::kFine;
  }
  if (limit <= 0) return Verdict::kFine;
  if (phase_ == LivePage::Phase::kCommitting) limit *= kPatienceWithDisks;
  if ((still_seconds_ += seconds) <= limit) return Verdict::kFine;
  if (woken_ || !stopped()) return Verdict::kHangs;
  woken_ = true;
  still_seconds_ = 0;
  return Verdict::kAsleep;
}

}  // namespace rlrun
