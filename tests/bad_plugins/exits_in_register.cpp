// Ends the process, with success, while it registers.

#include <cstdlib>

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& /*registry*/) {
  std::exit(0);
}

}  // namespace

RLRUN_PLUGIN("exits_in_register", "1.0.0", "env:exits_in_register", register_all)
