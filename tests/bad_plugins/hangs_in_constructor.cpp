// Never comes back from being loaded.

#include <unistd.h>

#include "tiny.hpp"

namespace {

struct Hangs {
  Hangs() {
    for (;;) pause();
  }
} hangs;

void register_all(rlrun::Registry& registry) {
  bad::add_env(registry, "hangs_in_constructor");
}

}  // namespace

RLRUN_PLUGIN("hangs_in_constructor", "1.0.0", "env:hangs_in_constructor", register_all)
