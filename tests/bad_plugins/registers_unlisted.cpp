// Registers what its manifest does not list.

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& registry) {
  bad::add_env(registry, "registers_unlisted");
  bad::add_env(registry, "stowaway");
}

}  // namespace

RLRUN_PLUGIN("registers_unlisted", "1.0.0", "env:registers_unlisted", register_all)
