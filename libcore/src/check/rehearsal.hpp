#pragma once
// Whether the parts of each trial go together, known before any of them runs.

#include <string>
#include <vector>

#include "plugin/catalog.hpp"
#include "trial/trial.hpp"

namespace rlrun {

/// Makes environment, policy and algorithm of each combination once, in a child process, and throws
/// the UserError (exit code 3) with which a plugin refuses one: a policy for another kind of
/// actions, a minibatch that does not fit. So is a budget that ends before the first update.
/// Whatever else goes wrong is left to the trials, whose
/// recorded outcome it becomes. So is what the time does not suffice for, a fraction of a second:
/// first comes one combination of each algorithm, policy and task, then the other settings. The
/// message begins with `source`, the experiment's file, unless it is empty.
void rehearse(const std::vector<Trial>& trials, const Catalog& catalog, const std::string& source);

}  // namespace rlrun
