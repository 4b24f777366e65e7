#pragma once
// The laws that every policy keeps, checked by letting it act.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// Builds the policy anew, from the stream that it was first built from.
using PolicyFactory = std::function<std::unique_ptr<Policy>()>;

/// The laws that `policy` violates on the spaces of a task, one line each:
///
/// - what a column gets depends on its own observation, memory and stream, and not on who else is
///   in the call, bit for bit, with exploration and without;
/// - actions are finite, and one of the choices if the actions are choices;
/// - a clone, and a policy that was given its own parameters again, act as before; what is done to
///   a clone does not matter to the original;
/// - built anew and given the same parameters it acts the same: parameters and stream are all that
///   it follows from, the normalisation of observations included (asked only with
///   `rebuild`);
/// - with a density: distribution_check.hpp.
///
/// Exceptions are the caller's.
std::vector<std::string> check_policy(const Policy& policy, const EnvSpec& spec,
                                      const PolicyFactory& rebuild = {});

}  // namespace rlrun
