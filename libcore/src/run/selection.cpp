#include "run/selection.hpp"

#include <unordered_map>

#include "rlrun/rng.hpp"

#include "run/installed_code.hpp"
#include "run/trial_log.hpp"

namespace rlrun {

Selection select_trials(const std::vector<Trial>& trials, const Catalog& catalog,
                        const Store& store, const SweepOptions& options) {
  Selection selection;
  const Results results = read_results(store.folder());
  const std::string trial_files = (store.folder() / "trials").string();
  for (const std::string& problem : results.problems)
    if (problem.starts_with(trial_files))
      selection.warnings.push_back(problem + "; the trial runs again");
  std::unordered_map<std::string, const TrialRecord*> finished;
  for (const TrialRecord& record : results.trials) finished.emplace(record.id, &record);

  InstalledCode installed(catalog);
  const auto to_repeat = [&](const Trial& trial, const TrialRecord& record) {
    return options.rerun == Rerun::kAll ||
           (options.rerun == Rerun::kChanged &&
            !installed.change_since(trial, record.provenance).empty());
  };
  for (const Trial& trial : trials) {
    // Ids are hashes: where there are no results, none is needed.
    const std::string id = finished.empty() ? "" : trial.id();
    const auto found = finished.find(id);
    if (found == finished.end()) {
      selection.queue.push_back(&trial);
    } else if (found->second->status == TrialStatus::kFailed) {
      if (options.keep_failed) {
        ++selection.kept_failures;
      } else {
        selection.queue.push_back(&trial);
      }
    } else if (to_repeat(trial, *found->second)) {
      selection.queue.push_back(&trial);
      selection.repeated.insert(id);
    } else {
      ++selection.complete;
      // Its worker may have been killed before it tidied up.
      CheckpointFile(store.folder() / "checkpoints", id, "").remove();
      TrialLog(store.folder(), id).remove_if_empty();
    }
  }
  if (options.shuffle) {
    Rng rng = Rng(*options.shuffle).fork("shuffle");
    for (std::size_t i = selection.queue.size(); i > 1; --i)
      std::swap(selection.queue[i - 1],
                selection.queue[std::size_t(rng.below(static_cast<Index>(i)))]);
  }
  return selection;
}

}  // namespace rlrun
