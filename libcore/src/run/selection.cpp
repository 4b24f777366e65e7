#include "run/selection.hpp"

#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "rlrun/math/statistics.hpp"
#include "rlrun/rng.hpp"

#include "run/installed_code.hpp"
#include "run/last_state.hpp"
#include "run/trial_log.hpp"

namespace rlrun {
namespace {

// The names of the files in a folder without their endings; ids of trials.
std::set<std::string> stems_in(const std::filesystem::path& folder) {
  std::set<std::string> stems;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    stems.insert(entry->path().stem().string());
  return stems;
}

// Which trials need not begin at their start, and why others do although one might think. Those that
// are to be repeated do.
void find_shorter(const std::vector<Trial>& trials, const std::vector<std::string>& ids,
                  InstalledCode& installed, const Store& store, Selection& selection) {
  if (selection.queue.empty()) return;
  const LastStates states(store.folder() / "states");
  if (states.empty()) return;
  const std::vector<std::string> courses = courses_of(trials);
  std::map<std::string, int> anew;  // by reason
  for (const Trial* trial : selection.queue) {
    const auto i = static_cast<std::size_t>(trial - trials.data());
    if (selection.repeated.contains(ids[i])) continue;
    const auto shorter = states.shorter(*trial, courses[i], installed);
    if (!shorter) continue;
    if (shorter->missing.empty())
      selection.shorter.emplace(ids[i], shorter->name);
    else
      ++anew[shorter->missing];
  }
  if (const std::size_t n = selection.shorter.size(); n > 0)
    selection.messages.push_back(
        fmt::format("{} where a shorter one ended",
                    n == 1 ? "1 trial goes on" : fmt::format("{} trials go on", n)));
  for (const auto& [why, n] : anew)
    selection.messages.push_back(
        fmt::format("{} anew although there is a shorter one: {}",
                    n == 1 ? "1 trial starts" : fmt::format("{} trials start", n), why));
}

}  // namespace

Selection select_trials(const std::vector<Trial>& trials, const Catalog& catalog,
                        const Store& store, const SweepOptions& options) {
  Selection selection;
  // What an earlier sweep left unmerged: so each trial file is read once, now or at the end.
  const Results results = store.merge();
  const std::string trial_files = (store.folder() / "trials").string();
  for (const std::string& problem : results.problems)
    selection.warnings.push_back(
        problem + (problem.starts_with(trial_files) ? "; the trial runs again" : ""));
  std::unordered_map<std::string, const TrialRecord*> finished;
  for (const TrialRecord& record : results.trials) finished.emplace(record.id, &record);

  InstalledCode installed(catalog);
  const auto to_repeat = [&](const Trial& trial, const TrialRecord& record) {
    return options.rerun == Rerun::kAll ||
           (options.rerun == Rerun::kChanged &&
            !installed.change_since(trial, record.provenance).empty());
  };
  const std::vector<std::string> ids = ids_of(trials);
  const std::set<std::string> checkpoints = stems_in(store.folder() / "checkpoints"),
                              logs = stems_in(store.folder() / "logs");
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    const std::string& id = ids[i];
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
      if (checkpoints.contains(id)) CheckpointFile(store.folder() / "checkpoints", id, "").remove();
      if (logs.contains(id)) TrialLog(store.folder(), id).remove_if_empty();
    }
  }
  find_shorter(trials, ids, installed, store, selection);
  selection.unplanned = results.unplanned.size();
  selection.other_code = installed.describe(trials, results.trials);
  if (options.rerun == Rerun::kNone)
    for (const std::string& line : selection.other_code)
      selection.warnings.push_back(line + kRepeatHint);
  if (options.shuffle) {
    Rng rng = Rng(*options.shuffle).fork("shuffle");
    shuffle(selection.queue, rng);
  }
  return selection;
}

}  // namespace rlrun
