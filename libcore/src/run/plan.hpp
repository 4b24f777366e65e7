#pragma once
// What a sweep would do, without doing it.

#include <string>
#include <vector>

#include "json/json.hpp"
#include "plugin/catalog.hpp"
#include "run/executor.hpp"
#include "store/store.hpp"
#include "trial/trial.hpp"

namespace rlrun {

struct PlannedTrial {
  std::string id, label;
  std::int64_t iterations = 0;
  std::int64_t steps = 0;        ///< Of the whole training; 0: unknown.
  bool steps_measured = false;   ///< From the iterations that were tried, and so not exact.
  std::int64_t evaluations = 0;  ///< Beside the training, each of several episodes.
  std::int64_t done_before = 0;  ///< By a shorter trial, of the budget and in its unit.
  std::string starts_anew{};     ///< Why it does although there is a shorter trial; "" otherwise.
  double seconds = -1;           ///< Estimate for what is left; negative: unknown.
  bool done = false;             ///< Has a result already.
};

struct Plan {
  std::vector<PlannedTrial> trials;
  int jobs = 1, cores = 1, threads = 1;  ///< Trials at a time; threads of each.
  double seconds = -1;       ///< Of what is left, with that many jobs; negative: unknown.
  std::string estimated_by;  ///< How the times were found.
};

/// Steps that each trial will take, in their order; 0: unknown. Where the budget is in iterations,
/// the algorithm says, in a child process.
std::vector<std::int64_t> planned_steps(const std::vector<Trial>& trials, const Catalog& catalog);

/// The time of a trial comes from finished trials of the same task and algorithm in the result
/// folder; where there is none, the algorithm is tried on the task for a moment in a child process.
/// All of that together takes no longer than about ten seconds.
Plan plan_sweep(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
                const SweepOptions& options);
/// When the last of these is done if so many are done at a time, each begun in its turn.
double makespan(const std::vector<double>& seconds, int at_a_time);
json::Value to_json(const Plan& plan);
std::string to_text(const Plan& plan);

}  // namespace rlrun
