// Throws something that is no std::exception while it registers.

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& /*registry*/) {
  throw 42;
}

}  // namespace

RLRUN_PLUGIN("throws_int_in_register", "1.0.0", "env:throws_int_in_register", register_all)
