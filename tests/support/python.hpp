#pragma once
// The Python that tests of Python tasks need.

#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>

namespace support {

/// Whether there is a Python with Gymnasium; if not, the test is one that was skipped.
inline bool python_is_there() {
  const char* python = std::getenv("RLRUN_PYTHON");
  if (python != nullptr && std::filesystem::exists(python)) return true;
  WARN("SKIPPED: there is no Python with Gymnasium; tools/test makes one");
  return false;
}

}  // namespace support
