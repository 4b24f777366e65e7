// Changes the rounding mode of the process that loads it.

#include <cfenv>

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& registry) {
  std::fesetround(FE_UPWARD);
  bad::add_env(registry, "changes_rounding_at_load");
}

}  // namespace

RLRUN_PLUGIN("changes_rounding_at_load", "1.0.0", "env:changes_rounding_at_load", register_all)
