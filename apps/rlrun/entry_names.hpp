#pragma once
// Names that may stand for an entry of any kind.

#include <string>
#include <vector>

#include "plugin/catalog.hpp"

namespace rlrun::commands {

/// The kinds under which a plugin file, refused or not, or rlrun itself offers the name. Throws
/// UserError (exit code 4) with a suggestion if there is none.
std::vector<Kind> kinds_of(const Catalog& catalog, const std::string& name);

}  // namespace rlrun::commands
