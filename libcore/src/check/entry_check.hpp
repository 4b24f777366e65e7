#pragma once
// The laws of one entry of a plugin, checked in a child process.

#include <chrono>
#include <string>
#include <vector>

#include "rlrun/types.hpp"

#include "plugin/catalog.hpp"

namespace rlrun {

struct EntryCheckOptions {
  Index steps = 2000;                        ///< Of an environment, per law.
  Index iterations = 3;                      ///< Of an algorithm.
  bool pictures = false;                     ///< Also draw an environment.
  std::chrono::milliseconds limit{120'000};  ///< After which the entry counts as hanging.
  std::string policy;                        ///< That an algorithm trains; "": its default.
  std::vector<std::string> with;             ///< Wrappers around an environment.
  std::vector<std::string> settings;         ///< KEY=VALUE; "policy.KEY=VALUE" with an algorithm.
};

struct EntryCheck {
  std::vector<std::string> violations;  ///< One line each.
  std::vector<std::string> notes;       ///< What was not checked, and what is worth knowing.
};

/// Checks the declaration of an entry and its laws: env_check.hpp, also of a wrapper around every
/// small task that it fits, policy_check.hpp on every small
/// task that the policy fits, or algorithm_check.hpp on the first one that algorithm and policy
/// fit. A crash, a hang and an exception are violations, and so is that the entry refuses its own
/// defaults. Throws UserError for settings that do not fit. Call from a process with one thread
/// only.
EntryCheck check_entry(Catalog& catalog, Kind kind, const std::string& name,
                       const EntryCheckOptions& options);

}  // namespace rlrun
