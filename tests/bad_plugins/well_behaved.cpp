// Nothing is wrong with this one.

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& registry) {
  bad::add_env(registry, "tiny");
  bad::add_algorithm(registry, "tiny_search");
}

}  // namespace

RLRUN_PLUGIN("well_behaved", "1.2.3", "env:tiny algorithm:tiny_search", register_all)
