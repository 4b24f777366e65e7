#pragma once
// Which trials of a sweep have a result, and which are to run.

#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "run/executor.hpp"

namespace rlrun {

struct Selection {
  std::deque<const Trial*> queue;  ///< To run, in this order.
  int complete = 0;
  int kept_failures = 0;  ///< Failed before, and are not to be tried again.
  std::unordered_set<std::string>
      repeated;  ///< Ids of those with a complete result that run again.
  /// Names of the states from which trials go on that differ from shorter ones in their budget
  /// alone, by the ids of the trials; see LastStates.
  std::unordered_map<std::string, std::string> shorter;
  std::vector<std::string> messages;    ///< Which do so, and why others do not; one line each.
  std::size_t unplanned = 0;            ///< Results that no trial of the plan has.
  std::vector<std::string> other_code;  ///< See `InstalledCode::describe`.
  std::vector<std::string> warnings;    ///< Files that are no results, and results of other code
                                        ///< that do not run again; one line each.
};

/// Merges the results that there are. What workers that were killed left of complete trials is tidied
/// up.
Selection select_trials(const std::vector<Trial>& trials, const Catalog& catalog,
                        const Store& store, const SweepOptions& options);

}  // namespace rlrun
