#pragma once
// How this program was built: part of what identifies a result.

#include "json/json.hpp"

namespace rlrun {

/// An object: version, commit (at the time of the build), dirty (sources differ from the commit),
/// compiler, build_type, flags, architecture, interface (the plugin ABI) and libraries by name.
json::Value build_info();

}  // namespace rlrun
