// Says that it was built for another interface, and leaves a mark if it is loaded all the same.

#include <cstdlib>
#include <fstream>

#include "tiny.hpp"

#undef RLRUN_ABI
#define RLRUN_ABI "rlrun-0 cxxabi-1002 libstdcxx-4.0 eigen-2.0.0 align-8"

namespace {

struct LeavesMark {
  LeavesMark() {
    if (const char* path = std::getenv("RLRUN_TEST_MARKER")) std::ofstream(path) << "loaded";
  }
} leaves_mark;

void register_all(rlrun::Registry& registry) {
  bad::add_env(registry, "wrong_abi");
}

}  // namespace

RLRUN_PLUGIN("wrong_abi", "1.0.0", "env:wrong_abi", register_all)
