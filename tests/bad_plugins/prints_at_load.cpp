// Prints to stdout when it is loaded; otherwise fine.

#include <cstdio>

#include "tiny.hpp"

namespace {

struct Prints {
  Prints() { std::puts("this must not stand in an answer"); }
} prints;

void register_all(rlrun::Registry& registry) {
  std::puts("nor this");
  bad::add_env(registry, "prints_at_load");
}

}  // namespace

RLRUN_PLUGIN("prints_at_load", "1.0.0", "env:prints_at_load", register_all)
