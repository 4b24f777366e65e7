#pragma once
// What a sweep would do, without doing it.

#include <string>
#include <vector>

#include "experiment/trial.hpp"
#include "json/json.hpp"
#include "plugin/catalog.hpp"
#include "run/executor.hpp"
#include "store/store.hpp"

namespace rlrun {

struct PlannedTrial {
  std::string id, label;
  std::int64_t iterations = 0, steps = 0;  ///< 0: not known beforehand.
  double seconds = -1;                     ///< Estimate; negative: unknown.
  bool done = false;                       ///< Has a result already.
};

struct Plan {
  std::vector<PlannedTrial> trials;
  int jobs = 1;
  double seconds = -1;       ///< Of what is left, with that many jobs.
  std::string estimated_by;  ///< How the times were found.
};

/// The time of a trial comes from finished trials of the same task and algorithm in the result
/// folder; where there is none, from the speed of the environment alone, tried for a moment in a
/// child process: what the algorithm itself takes comes on top.
Plan plan_sweep(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
                const SweepOptions& options);
json::Value to_json(const Plan& plan);
std::string to_text(const Plan& plan);

}  // namespace rlrun
