// Throws while it registers.

#include <stdexcept>

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& /*registry*/) {
  throw std::runtime_error("the drawer is stuck");
}

}  // namespace

RLRUN_PLUGIN("throws_in_register", "1.0.0", "env:throws_in_register", register_all)
