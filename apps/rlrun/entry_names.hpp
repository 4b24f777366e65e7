#pragma once
// Names that may stand for an environment, an algorithm or a policy.

#include <string>
#include <vector>

#include "plugin/catalog.hpp"

namespace rlrun::commands {

/// In the order in which they are shown.
constexpr Kind kKinds[] = {Kind::kEnv, Kind::kAlgorithm, Kind::kPolicy};

/// The kinds under which a plugin file, refused or not, or rlrun itself offers the name. Throws
/// UserError (exit code 4) with a suggestion if there is none.
std::vector<Kind> kinds_of(const Catalog& catalog, const std::string& name);

}  // namespace rlrun::commands
