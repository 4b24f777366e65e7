#pragma once
// A task with everything around it.

#include <vector>

#include "plugin/catalog.hpp"
#include "plugin/loader.hpp"
#include "trial/trial.hpp"

namespace rlrun {

/// The entries that a task needs: itself and its wrappers.
std::vector<std::pair<Kind, const Choice*>> entries_of(const Choice& env);

/// From complete parameters; the plugins are loaded. It throws what plugins throw, and so does the
/// factory: a wrapper refuses a task that it does not fit when an instance is made.
EnvFactory make_env(const Choice& env, const LoadedPlugins& plugins);

}  // namespace rlrun
