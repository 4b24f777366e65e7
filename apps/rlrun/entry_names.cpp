#include "entry_names.hpp"

#include <algorithm>

#include "rlrun/error.hpp"

namespace rlrun::commands {

std::vector<Kind> kinds_of(const Catalog& catalog, const std::string& name) {
  std::vector<Kind> kinds;
  std::vector<std::string> all;
  for (const Kind kind : kKinds) {
    std::vector<std::string> known = catalog.names(kind);
    for (const PluginFile& file : catalog.files())
      for (const auto& [provided, offered] : file.provides)
        if (provided == kind) known.push_back(offered);
    if (std::find(known.begin(), known.end(), name) != known.end()) kinds.push_back(kind);
    all.insert(all.end(), known.begin(), known.end());
  }
  if (kinds.empty()) {
    const std::string near = nearest_name(name, all);
    throw UserError("nothing is called '" + name + "';" +
                        (near.empty() ? "" : " did you mean '" + near + "'?") + " see 'rlrun list'",
                    ExitCode::kPlugin);
  }
  return kinds;
}

}  // namespace rlrun::commands
