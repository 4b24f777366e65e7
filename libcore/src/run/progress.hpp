#pragma once
// What a person sees while a sweep runs.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rlrun {

/// A running trial as the display shows it.
struct RunningView {
  std::string label;
  std::string pair;  ///< Task and algorithm: trials of one pair take about equally long.
  double fraction = 0, wall_seconds = 0, mean_return = 0;
  std::int64_t iterations = 0, ticks = 0;
};

/// Predicts how long is left, from what trials of the same task and algorithm took.
class Forecast {
 public:
  void finished(const std::string& pair, double seconds);
  /// Seconds of one whole trial; negative if nothing is known yet.
  [[nodiscard]] double duration(const std::string& pair,
                                const std::vector<RunningView>& running) const;
  /// Seconds until everything is done with this many trials at a time; negative if unknown.
  [[nodiscard]] double remaining(const std::vector<RunningView>& running,
                                 const std::map<std::string, int>& pending, int jobs) const;

 private:
  struct Sum {
    double seconds = 0;
    int n = 0;
  };
  std::map<std::string, Sum> finished_;
};

/// "7 s", "3 min 20 s", "2 h 05 min", "4 d 3 h"; "?" for a negative number.
std::string duration_text(double seconds);

struct SweepTotals {
  int trials = 0, complete = 0, failed = 0, running = 0;
  double steps_per_second = 0, elapsed = 0;  ///< s
  double left = -1;                          ///< s; negative if unknown.
};
/// "3/12 trials, 1 FAILED, 2 running, 12.3 k steps/s, 3 min 20 s elapsed, about 2 h 05 min left" in
/// at most so many columns, without the less important parts where they do not fit.
std::string totals_line(const SweepTotals& totals, int width);
/// "  [#####...............]  25 %  trpo/hopper/seed=1    iteration 12, return 34.5" likewise.
std::string trial_line(const RunningView& trial, int width);

/// Draws on standard error: a block that is redrawn on a terminal, plain lines elsewhere.
class ProgressDisplay {
 public:
  struct Totals {
    int trials = 0, complete = 0, failed = 0, jobs = 1;
  };
  /// `quiet` shows failures and warnings only.
  explicit ProgressDisplay(bool quiet = false);
  ~ProgressDisplay();

  void message(const std::string& line);  ///< A line that stays.
  void warning(const std::string& line);  ///< The same, also when quiet.
  void trial_ended(const std::string& label, bool complete, const std::string& text);
  void update(const Totals& totals, const std::vector<RunningView>& running, double eta);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void erase();
  void draw(const std::vector<std::string>& lines);
  double steps_per_second(const std::vector<RunningView>& running);

  bool quiet_, terminal_;
  int drawn_ = 0;  // lines of the block on the screen
  Clock::time_point start_ = Clock::now(), last_line_ = start_, last_rate_ = start_;
  std::map<std::string, std::int64_t> ticks_;
  double rate_ = 0;
};

}  // namespace rlrun
