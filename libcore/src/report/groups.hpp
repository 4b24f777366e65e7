#pragma once
// Trials sorted for a report: by environment, algorithm and setting, with every seed accounted for.

#include <cstdint>
#include <string>
#include <vector>

#include "report/report.hpp"

namespace rlrun {

/// A seed that failed or is unfinished, as far as it came.
struct PartialSeed {
  std::uint64_t seed = 0;
  const TrialRecord* record = nullptr;
  bool failed = false;
  double progress = 0;  ///< Of its budget, if unfinished.
};

/// Trials that differ in nothing but the seed.
struct Setting {
  std::string name;                         ///< In words; empty if it is the only one of its pair.
  std::vector<std::uint64_t> seeds;         ///< With a score, ascending.
  std::vector<double> scores;               ///< One for each of `seeds`.
  std::vector<const TrialRecord*> records;  ///< The same; they live in the results.
  std::vector<LostSeed> lost;               ///< Ascending.
  std::vector<PartialSeed> partial;         ///< Those of `lost` of which something is known.

  [[nodiscard]] int n_failed() const;   ///< Of `lost`: failed or without a score.
  [[nodiscard]] int n_missing() const;  ///< The others of `lost`.
};

/// All settings of an (environment, algorithm) pair of labels.
struct Pair {
  std::string env, algorithm;            ///< Labels.
  std::string env_name, algorithm_name;  ///< The plugins' names.
  std::vector<Setting> settings;         ///< In the order of the plan.
  /// The one with the largest share of its seeds; of equals that of the highest mean - std.
  std::size_t chosen = 0;
  /// How settings differ although it is no hyperparameter ("budget.steps"); empty if they do not.
  std::string suspicious;

  [[nodiscard]] const Setting& setting() const { return settings[chosen]; }
};

struct Groups {
  std::string title;
  std::vector<std::string> envs, algorithms;  ///< Labels in the order of the plans.
  std::vector<Pair> pairs;                    ///< In the order of the plans.
  std::vector<std::string> problems;          ///< One line each.

  [[nodiscard]] const Pair* find(const std::string& env, const std::string& algorithm) const;
};

/// A trial that stands in several folders counts once. Throws UserError if no trial was planned
/// (exit code 5), and for a score of evaluations where none were planned (usage). The result points
/// into `results`.
Groups group_trials(const std::vector<Results>& results, Score score);

}  // namespace rlrun
