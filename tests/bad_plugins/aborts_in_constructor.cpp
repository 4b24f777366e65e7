// Crashes while it is loaded.

#include <cstdlib>

#include "tiny.hpp"

namespace {

struct Aborts {
  Aborts() { std::abort(); }
} aborts;

void register_all(rlrun::Registry& registry) {
  bad::add_env(registry, "aborts_in_constructor");
}

}  // namespace

RLRUN_PLUGIN("aborts_in_constructor", "1.0.0", "env:aborts_in_constructor", register_all)
