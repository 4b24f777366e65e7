#include "run/installed_code.hpp"

#include <utility>

#include "rlrun/error.hpp"

#include "run/provenance.hpp"
#include "run/run_trial.hpp"

namespace rlrun {

const InstalledCode::Known& InstalledCode::of(const Trial& trial) {
  const std::string key = trial.env.name + "\n" + trial.policy.name + "\n" + trial.algorithm.name;
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

std::vector<std::string> InstalledCode::describe(const std::vector<TrialRecord>& records) {
  std::vector<CodeOfResult> changed;
  std::size_t complete = 0;
  for (const TrialRecord& record : records) {
    if (record.status != TrialStatus::kComplete) continue;
    ++complete;
    const Trial trial = Trial::from_config(record.config);
    if (const std::string change = change_since(trial, record.provenance); !change.empty())
      changed.push_back({trial.algorithm.label + " on " + trial.env.label, trial.seed, change});
  }
  return describe_other_code(changed, complete);
}

}  // namespace rlrun
