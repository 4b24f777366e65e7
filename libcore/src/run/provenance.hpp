#pragma once
// Where and how a result was made. No part of the results proper.

#include <filesystem>
#include <string>
#include <vector>

#include "json/json.hpp"

namespace rlrun {

/// The code that makes a trial in one line: the build, and hashes of this program, libcore and the
/// plugin files. A checkpoint is only taken up by the code that wrote it, so that no trial is half
/// of one program and half of another. Throws UserError (exit code 5) if a file cannot be read.
std::string code_identity(const std::vector<std::filesystem::path>& plugins);

/// Collects the facts of a run from its construction to `finish`.
class Provenance {
 public:
  explicit Provenance(int threads);
  /// An object: build, host, cpu, cores, threads, started, finished.
  [[nodiscard]] json::Value finish() const;

 private:
  int threads_;
  std::string started_;
};

}  // namespace rlrun
