#pragma once
// The laws that every policy keeps, checked by letting it act.

#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// The laws that `policy` violates on the spaces of a task, one line each:
///
/// - what a column gets depends on its own observation, memory and stream, and not on who else is
/// in
///   the call, bit for bit, with exploration and without;
/// - actions are finite;
/// - a clone, and a policy that was given its own parameters again, act as before.
///
/// Exceptions are the caller's.
std::vector<std::string> check_policy(const Policy& policy, const EnvSpec& spec);

}  // namespace rlrun
