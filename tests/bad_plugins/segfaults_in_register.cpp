// Crashes while it registers.

#include <csignal>

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& registry) {
  std::raise(SIGSEGV);
  bad::add_env(registry, "segfaults_in_register");
}

}  // namespace

RLRUN_PLUGIN("segfaults_in_register", "1.0.0", "env:segfaults_in_register", register_all)
