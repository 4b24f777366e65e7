#pragma once
// Trials sorted for a report: by environment, algorithm and setting, with every seed accounted for.

#include <cstdint>
#include <string>
#include <vector>

#include "report/report.hpp"

namespace rlrun {

/// A seed of a setting that gives no number, and why.
struct LostSeed {
  std::uint64_t seed = 0;
  bool failed = false;  ///< False: planned, without a committed result.
  std::string cause;
};

/// Trials that differ in nothing but the seed.
struct Setting {
  std::string name;                         ///< In words; empty if it is the only one of its pair.
  std::vector<std::uint64_t> seeds;         ///< With a score, ascending.
  std::vector<double> scores;               ///< One for each of `seeds`.
  std::vector<const TrialRecord*> records;  ///< The same; they live in the results.
  std::vector<LostSeed> lost;               ///< Ascending.

  [[nodiscard]] int n_failed() const;
  [[nodiscard]] int n_missing() const;
};

/// All settings of an (environment, algorithm) pair of labels.
struct Pair {
  std::string env, algorithm;            ///< Labels.
  std::string env_name, algorithm_name;  ///< The plugins' names.
  std::vector<Setting> settings;         ///< In the order of the plan.
  std::size_t chosen = 0;                ///< Highest mean - std of the scores over seeds.
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
