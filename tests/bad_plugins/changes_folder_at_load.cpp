// Changes the working folder of the process that loads it.

#include <unistd.h>

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& registry) {
  if (chdir("/") != 0) return;
  bad::add_env(registry, "changes_folder_at_load");
}

}  // namespace

RLRUN_PLUGIN("changes_folder_at_load", "1.0.0", "env:changes_folder_at_load", register_all)
