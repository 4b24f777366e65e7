#pragma once
// One trial from its seed to its record.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rlrun/algorithm.hpp"
#include "rlrun/env.hpp"

#include "plugin/catalog.hpp"
#include "plugin/loader.hpp"
#include "plugin/make_env.hpp"
#include "run/last_state.hpp"
#include "store/code.hpp"
#include "store/store.hpp"
#include "trial/trial.hpp"
#include "trial/trial_record.hpp"

namespace rlrun {

/// How far a trial has come, after an iteration.
struct TrialProgress {
  std::int64_t iterations = 0, steps = 0;
  double fraction = 0;     ///< Of the budget.
  double mean_return = 0;  ///< Of the last iteration; NaN if no episode ended in it.
};

/// What surrounds a trial. Everything may be left out.
struct TrialContext {
  CheckpointFile* checkpoint = nullptr;  ///< Goes on from it, and writes to it.
  CheckpointFile* shorter = nullptr;     ///< Where a shorter trial ended: else goes on from there.
  LastState* last_state = nullptr;       ///< Where longer ones are to go on from.
  double checkpoint_seconds = 10;        ///< Least time between two checkpoints; 0: each iteration.
  std::atomic<std::int64_t>* ticker = nullptr;  ///< Steps as they are taken.
  std::function<void(const TrialProgress&)> on_progress;
  std::function<bool()> stop_requested;             ///< Asked after each iteration.
  std::function<void(const std::string&)> on_note;  ///< What is worth a line in the trial's log.
};

/// Runs to the end of the budget; the record is complete but for provenance. If a stop was
/// requested, writes a checkpoint and returns false. A checkpoint that other code wrote, or that
/// does not fit, is discarded, and the trial starts anew; so is the state of a shorter trial. Throws
/// what plugins throw, and TrialError.
bool run_trial(const Trial& trial, const LoadedPlugins& plugins, const TrialContext& context,
               TrialRecord& record);

/// The plugins of a trial's environment, its wrappers, policy and algorithm; what is built in has none.
std::vector<const PluginFile*> plugins_of(const Trial& trial, const Catalog& catalog);
/// The code that these, librlrun and this program are now. Throws UserError (exit code 5) if a file
/// cannot be read.
Code code_of(const std::vector<const PluginFile*>& plugins);

/// Policy and algorithm of a trial, from their parameters (its environment: make_env.hpp). They throw what plugins throw. A policy
/// may keep what it drew when it was made (random features): only the trial's own stream makes it
/// anew.
std::unique_ptr<Policy> make_policy(const Trial& trial, const LoadedPlugins& plugins,
                                    const EnvSpec& spec);
std::unique_ptr<Algorithm> make_algorithm(const Trial& trial, const LoadedPlugins& plugins,
                                          const EnvSpec& spec);

/// How the trial's algorithm says that it spends steps; all 0 if it does not.
Pace pace_of(const Trial& trial, const LoadedPlugins& plugins);
/// Environment steps that a trial will take, up to whole episodes; 0 if unknown;
/// the largest number if it is larger.
std::int64_t planned_steps(const Budget& budget, const Pace& pace);

}  // namespace rlrun
