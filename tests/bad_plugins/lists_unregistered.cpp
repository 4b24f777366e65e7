// Lists in its manifest what it does not register.

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& registry) {
  bad::add_env(registry, "lists_unregistered");
}

}  // namespace

RLRUN_PLUGIN("lists_unregistered", "1.0.0", "env:lists_unregistered algorithm:lists_unregistered",
             register_all)
