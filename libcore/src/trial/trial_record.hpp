#pragma once
// What a trial leaves behind: the same structure in memory, in checkpoints and in result files.

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rlrun/archive.hpp"
#include "rlrun/types.hpp"

#include "json/json.hpp"

namespace rlrun {

/// One row for each iteration. A statistic of returns is NaN where no episode with one ended.
struct Curves {
  std::vector<std::int64_t> steps;     ///< Environment steps used up by the end of the iteration.
  std::vector<std::int64_t> episodes;  ///< Episodes that ended in this iteration.
  std::vector<std::int64_t> terminated,
      unstable;  ///< Of those: ended by the task; broken.
  std::vector<double> mean_return, std_return, min_return, max_return, mean_length;
  std::map<std::string, std::vector<double>> metrics;  ///< NaN where an iteration had none.

  [[nodiscard]] std::size_t size() const { return steps.size(); }
  void state(Archive& archive);
};

/// What tables and `status` ask of a whole curve.
struct CurveTotals {
  std::int64_t iterations = 0, steps = 0, episodes = 0, unstable = 0;
  double ended_steps = 0;  ///< Of the steps, those of episodes that ended.
  /// The least and the greatest mean length of an iteration's episodes; NaN where none ended.
  double shortest = kNone, longest = kNone;
  double updates = kNone;  ///< NaN where the method does not count them.

  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
};
CurveTotals totals_of(const Curves& curves);

/// The metric in which a method that may go on for long before it learns counts its updates.
inline constexpr const char* kUpdatesMetric = "updates";
/// Whether the method counted its updates and made none.
inline bool never_learned(const CurveTotals& totals) {
  return totals.updates == 0;
}

/// How an episode ended: cut off at the horizon, by the task, or because the simulation broke down
/// (or, for a candidate of a search, an action or reward was not finite).
enum class EpisodeEnding : std::uint8_t { kTimeLimit = 0, kTerminated = 1, kUnstable = 2 };

/// One row for each episode, in an order that does not depend on the threads.
///
/// A broken episode has no return of its own. If the trial declares what a breakdown costs, its
/// return is the sum of its rewards less that; otherwise it counts as the worst: the lowest return
/// of the trial's unbroken episodes so far, or what it had collected if that is less; NaN before
/// there was an unbroken one. So nobody gains by breaking the simulation.
struct EpisodeLog {
  std::vector<double> returns;
  std::vector<std::int32_t> lengths;
  std::vector<std::uint8_t> endings;  ///< Of type EpisodeEnding.

  void state(Archive& archive);
};

/// Evaluations during training: one row for each of their episodes, those of one evaluation
/// together.
struct EvaluationLog {
  std::vector<std::int64_t> steps;  ///< Training steps used up when the evaluation was made.
  std::vector<double> returns;      ///< Not scaled by anything.
  std::vector<std::int32_t> lengths;
  std::vector<std::uint8_t> endings;  ///< As in EpisodeLog.

  [[nodiscard]] std::size_t size() const { return steps.size(); }
  /// Appends one evaluation; one that was made after the same step, of an older policy, goes.
  void add(std::int64_t at_steps, const EpisodeLog& episodes);
  void state(Archive& archive);
};

/// One point for each evaluation in which an episode has a return.
struct EvaluationCurve {
  std::vector<std::int64_t> steps;
  std::vector<double> mean_return;
};
EvaluationCurve evaluation_curve(const EvaluationLog& log);

/// The policy with the best evaluation, the first of equals. That evaluation chose it and so speaks
/// too well of it: fresh episodes (`rlrun eval --best`) do not.
struct BestPolicy {
  std::int64_t steps = 0;  ///< Training steps used up when it was evaluated.
  double mean_return = 0;  ///< Of that evaluation.
  VectorF params;

  void state(Archive& archive);
};

enum class TrialStatus : std::uint8_t { kComplete = 0, kFailed = 1 };

/// Why a trial failed.
struct Cause {
  std::string kind;             ///< "error", "signal", "exit", "timeout", "memory", "plugin".
  std::string message;          ///< One line.
  std::int64_t iteration = -1;  ///< Where it happened, if known.
};

struct TrialRecord {
  std::string id, label;
  json::Value config;  ///< Trial::config().
  TrialStatus status = TrialStatus::kComplete;
  Cause cause;  ///< Only if failed.
  Curves curves;
  EpisodeLog episodes;
  EvaluationLog evaluations;              ///< Empty unless the trial makes them.
  VectorF policy_params;                  ///< At the end; empty if failed.
  std::optional<BestPolicy> best_policy;  ///< Where there were evaluations.
  json::Value provenance;                 ///< Build, host, times; no part of the results proper.
  double wall_seconds = 0;                ///< Summed over resumptions.

  /// One for each kind of score, as computed when the episode log was at hand. Not in trial files;
  /// `read_results` fills it, so that a table needs no episode logs.
  std::vector<double> stored_scores;
  /// The same for the curves; see `totals`.
  std::optional<CurveTotals> stored_totals;
  std::string finished;  ///< Likewise of the provenance: when, in UTC.

  [[nodiscard]] CurveTotals totals() const {
    return stored_totals ? *stored_totals : totals_of(curves);
  }
};

}  // namespace rlrun
