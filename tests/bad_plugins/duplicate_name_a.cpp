// Offers what its twin offers too.

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& registry) {
  bad::add_env(registry, "twin");
  bad::add_env(registry, "only_a");
}

}  // namespace

RLRUN_PLUGIN("duplicate_name_a", "1.0.0", "env:twin env:only_a", register_all)
