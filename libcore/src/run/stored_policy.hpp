#pragma once
// Policies taken out of result files, with the task they were trained on.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "rlrun/policy.hpp"

#include "plugin/catalog.hpp"
#include "plugin/loader.hpp"
#include "trial/trial.hpp"
#include "trial/trial_record.hpp"

namespace rlrun {

/// Loads the task's plugin into this process. The parameters must be complete.
EnvFactory load_env(const Choice& env, const Catalog& catalog, LoadedPlugins& plugins);

struct StoredPolicy {
  Trial trial;
  EnvFactory env;
  std::unique_ptr<const Policy> policy;
  std::int64_t steps = 0;  ///< Training steps that it has behind it.
};

/// Of the policies that a trial keeps: the one at its end, or the one with the best evaluation.
enum class WhichPolicy { kLast, kBest };

/// A policy of a complete trial. Throws UserError if the trial failed, if it has no such policy, if
/// a plugin is missing, or if the parameters that it declares are no longer those of the trial.
/// Call from a process with one thread only, because declarations are read by a child process.
StoredPolicy load_policy(const TrialRecord& record, Catalog& catalog, LoadedPlugins& plugins,
                         WhichPolicy which = WhichPolicy::kLast);

struct FoundTrials {
  std::vector<TrialRecord> trials;    ///< In the plan's order and with its labels.
  std::vector<std::string> notes;     ///< Results that were left out, one line each.
  std::vector<std::string> problems;  ///< Damage, one line each.
};
/// The trials that `source` names: a trial file, or a result folder, of which `selector` takes the
/// one with this id (or its beginning), or those whose label contains it ("seed=1" is not in
/// "seed=12"); "" takes all. Of results that are outside the folder's plan, only an id takes one.
/// Throws UserError: exit code 5 if there is no result, or none that can be read, 2 if none is
/// selected, with what there is.
FoundTrials find_trials(const std::filesystem::path& source, const std::string& selector);

}  // namespace rlrun
