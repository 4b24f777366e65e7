// Needs a function that nobody has.

#include "tiny.hpp"

extern "C" void rlrun_test_function_that_nobody_has();

namespace {

void register_all(rlrun::Registry& registry) {
  rlrun_test_function_that_nobody_has();
  bad::add_env(registry, "missing_symbol");
}

}  // namespace

RLRUN_PLUGIN("missing_symbol", "1.0.0", "env:missing_symbol", register_all)
