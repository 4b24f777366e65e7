// An experiment's declarations come from the installed plugins.

#include "experiment/experiment.hpp"

namespace rlrun {

InfoSource::InfoSource(Catalog& catalog)
    : entries_([&catalog](Kind kind, const std::string& name) -> auto& {
        return catalog.info(kind, name);
      }),
      actions_([&catalog](const std::vector<Choice>& envs) { return catalog.action_types(envs); }) {
}

}  // namespace rlrun
