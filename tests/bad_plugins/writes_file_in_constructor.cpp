// Leaves a mark when any code of it runs: the file that RLRUN_TEST_MARKER names.

#include <cstdlib>
#include <fstream>

#include "tiny.hpp"

namespace {

struct LeavesMark {
  LeavesMark() {
    if (const char* path = std::getenv("RLRUN_TEST_MARKER")) std::ofstream(path) << "loaded";
  }
} leaves_mark;

void register_all(rlrun::Registry& registry) {
  bad::add_env(registry, "writes_file_in_constructor");
}

}  // namespace

RLRUN_PLUGIN("writes_file_in_constructor", "1.0.0", "env:writes_file_in_constructor", register_all)
