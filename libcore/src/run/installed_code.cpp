#include "run/installed_code.hpp"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "rlrun/error.hpp"

#include "run/provenance.hpp"
#include "run/run_trial.hpp"

namespace rlrun {

const InstalledCode::Known& InstalledCode::of(const Trial& trial) {
  std::string key = trial.policy.name + "\n" + trial.algorithm.name;
  for (const auto& [kind, entry] : entries_of(trial.env)) key += "\n" + entry->name;
  const auto [entry, is_new] = known_.try_emplace(key);
  if (is_new) {
    try {
      Code code = code_of(plugins_of(trial, catalog_));
      std::string identity = short_identity(code_identity(code));
      entry->second = {std::move(code), std::move(identity)};
    } catch (const UserError&) {
      // Stays empty: there is nothing to compare with.
    }
  }
  return entry->second;
}

std::string InstalledCode::change_since(const Trial& trial, const json::Value& provenance) {
  const Code& now = of(trial).code;
  const json::Value* made_by = provenance.find("code");
  if (made_by == nullptr) return code_change(code_in(provenance), now);
  if (&now != last_code_ || !made_by->shares(last_made_by_)) {
    last_change_ = code_change(code_in(provenance), now);
    last_made_by_ = *made_by;
    last_code_ = &now;
  }
  return last_change_;
}

std::vector<std::string> InstalledCode::describe(const std::vector<Trial>& trials,
                                                 const std::vector<TrialRecord>& records) {
  std::unordered_map<std::string_view, const TrialRecord*> complete;
  for (const TrialRecord& record : records)
    if (record.status == TrialStatus::kComplete) complete.emplace(record.id, &record);
  std::vector<CodeOfResult> changed;
  const std::vector<std::string> ids = ids_of(trials);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto found = complete.find(ids[i]);
    if (found == complete.end()) continue;
    const Trial& trial = trials[i];
    const std::string change = change_since(trial, found->second->provenance);
    if (!change.empty())
      changed.push_back({trial.algorithm.label + " on " + trial.env.label, trial.seed, change});
  }
  return describe_other_code(changed, complete.size());
}

std::vector<std::string> InstalledCode::describe(const std::vector<TrialRecord>& records) {
  std::vector<Trial> trials;
  trials.reserve(records.size());
  for (const TrialRecord& record : records) trials.push_back(Trial::from_config(record.config));
  return describe(trials, records);
}

}  // namespace rlrun
