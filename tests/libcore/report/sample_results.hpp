#pragma once
// Results in memory, for tests of reports.

#include <limits>
#include <string>
#include <vector>

#include "report/report.hpp"
#include "trial/trial.hpp"

namespace rlrun::samples {

inline constexpr double kNoEpisode = std::numeric_limits<double>::quiet_NaN();

inline Trial trial(const std::string& env, const std::string& algorithm, std::uint64_t seed,
                   const std::string& setting = "", double step_size = 0.1) {
  Trial trial;
  trial.env = {env, env, json::Object{}};
  trial.algorithm = {algorithm, algorithm, json::Object{{"step_size", step_size}}};
  trial.policy = {"gaussian_mlp", "gaussian_mlp", json::Object{}};
  trial.budget.iterations = 3;
  trial.seed = seed;
  trial.setting = setting;
  return trial;
}

inline TrialRecord record_of(const Trial& trial) {
  TrialRecord record;
  record.id = trial.id();
  record.label = trial.label();
  record.config = trial.config();
  return record;
}

/// A trial whose score is `score`; one of its iterations ended no episode.
inline TrialRecord complete(const Trial& trial, double score) {
  TrialRecord record = record_of(trial);
  record.curves.steps = {100, 200, 300};
  record.curves.episodes = {1, 0, 1};
  record.curves.terminated = record.curves.unstable = {0, 0, 0};
  record.curves.mean_return = {score - 1, kNoEpisode, score + 1};
  record.curves.std_return = record.curves.min_return = record.curves.max_return =
      record.curves.mean_return;
  record.curves.mean_length = {100, kNoEpisode, 200};
  record.episodes.returns = {score - 1, score + 1};
  record.episodes.lengths = {100, 200};
  record.episodes.endings = {0, 0};
  return record;
}

/// Evaluations of one episode each.
inline void add_evaluations(TrialRecord& record, const std::vector<std::int64_t>& steps,
                            const std::vector<double>& returns) {
  for (std::size_t i = 0; i < steps.size(); ++i)
    record.evaluations.add(steps[i], {{returns[i]}, {100}, {0}});
}

inline TrialRecord failed(const Trial& trial, const std::string& kind, const std::string& message,
                          std::int64_t iteration = -1) {
  TrialRecord record = record_of(trial);
  record.status = TrialStatus::kFailed;
  record.cause = {kind, message, iteration};
  return record;
}

/// Plans a trial, and commits it too.
inline void add(Results& results, const Trial& trial, double score) {
  results.planned.push_back(trial.config());
  results.trials.push_back(complete(trial, score));
}

/// Seeds 0, 1, ... with these scores.
inline void add_seeds(Results& results, const std::string& env, const std::string& algorithm,
                      const std::vector<double>& scores) {
  for (std::size_t seed = 0; seed < scores.size(); ++seed)
    add(results, trial(env, algorithm, seed), scores[seed]);
}

/// Failed seeds, missing seeds, a grid, and labels that every format could stumble over.
inline Results motley() {
  Results results;
  results.title = "A motley 100% sample: R&D_1 <b>";
  add_seeds(results, "hopper", "random", {8.25, 8.5, 8.75});
  add_seeds(results, "hopper", "trpo", {1080.5, 975.25, 1183.0});
  add_seeds(results, "hopper", "cem", {61.5, 70.0, 58.25});
  add_seeds(results, "mountain_car", "random", {-415.5, -415.25, -415.0});
  add(results, trial("mountain_car", "trpo", 0), -61.5);
  results.planned.push_back(trial("mountain_car", "trpo", 1).config());
  results.trials.push_back(failed(trial("mountain_car", "trpo", 1), "signal",
                                  "segmentation\x1b[31m fault | $HOME `id`", 17));
  add(results, trial("mountain_car", "trpo", 2), -62.0);
  results.planned.push_back(trial("mountain_car", "cem", 0).config());
  results.planned.push_back(trial("mountain_car", "cem", 1).config());
  add(results, trial("mountain_car", "cem", 0), -66.0);
  results.planned.pop_back();
  for (const std::uint64_t seed : {0, 1, 2}) {
    const Trial crashed = trial("hopper", "=2+3;<i>\"x\"</i>", seed);
    results.planned.push_back(crashed.config());
    results.trials.push_back(failed(crashed, "error", "the reward is nan", 4));
  }
  for (const double step_size : {0.01, 0.02}) {
    for (const std::uint64_t seed : {0, 1}) {
      add(results,
          trial("@sum{a^2}~\\b", "trpo", seed,
                "step_size=" + std::to_string(step_size).substr(0, 4), step_size),
          step_size * 10 + 0.01 * static_cast<double>(seed));
    }
  }
  results.problems.push_back("trials/00.h5: the file is truncated");
  return results;
}

}  // namespace rlrun::samples
