#include "run/installed_code.hpp"

#include "rlrun/error.hpp"

#include "run/run_trial.hpp"

namespace rlrun {

const Code& InstalledCode::of(const Trial& trial) {
  const std::string key = trial.env.name + "\n" + trial.policy.name + "\n" + trial.algorithm.name;
  const auto [entry, is_new] = known_.try_emplace(key);
  if (is_new) {
    try {
      entry->second = code_of(plugins_of(trial, catalog_));
    } catch (const UserError&) {
      // Stays empty: there is nothing to compare with.
    }
  }
  return entry->second;
}

std::string InstalledCode::change_since(const Trial& trial, const json::Value& provenance) {
  return code_change(code_in(provenance), of(trial));
}

std::vector<std::string> InstalledCode::describe(const std::vector<TrialRecord>& records) {
  std::vector<CodeOfResult> results;
  for (const TrialRecord& record : records) {
    if (record.status != TrialStatus::kComplete) continue;
    const Trial trial = Trial::from_config(record.config);
    results.push_back({trial.algorithm.label + " on " + trial.env.label, trial.seed,
                       change_since(trial, record.provenance)});
  }
  return describe_other_code(results);
}

}  // namespace rlrun
