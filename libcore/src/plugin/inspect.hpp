#pragma once
// What a loaded plugin says about itself, as JSON: what the inspecting child sends to its parent
// and what `describe --json` shows.

#include "json/json.hpp"
#include "plugin/catalog.hpp"
#include "plugin/loader.hpp"
#include "trial/trial.hpp"

namespace rlrun {

/// Texts and parameters of an entry that is loaded; without plugin, version and path.
EntryInfo inspect(const LoadedPlugins& plugins, Kind kind, const std::string& name);

/// Facts of a task; makes one instance.
json::Value inspect_env(const LoadedPlugins& plugins, const Choice& choice);

json::Value to_json(const EntryInfo& info);
/// The inverse. Throws UserError (exit code 4) naming `origin` if that is not what it got.
EntryInfo entry_info_from_json(const json::Value& value, const std::string& origin);

}  // namespace rlrun
