// Never comes back from registering.

#include <unistd.h>

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& /*registry*/) {
  for (;;) pause();
}

}  // namespace

RLRUN_PLUGIN("hangs_in_register", "1.0.0", "env:hangs_in_register", register_all)
