#pragma once
// Where and how a result was made. No part of the results proper.

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "json/json.hpp"
#include "store/code.hpp"

namespace rlrun {

/// The code that makes a trial: this program and librlrun as they run, and the plugin files as they
/// are now. Throws UserError (exit code 5) if a file cannot be read.
Code code_of(const std::vector<std::filesystem::path>& plugins);

/// The same in one line, with how it was built. A checkpoint is only taken up by the code that
/// wrote it, so that no trial is half of one program and half of another.
std::string code_identity(const Code& code);
/// Of that, 16 hex digits for names of files.
std::string short_identity(const std::string& identity);

/// Collects the facts of a run from its construction to `finish`.
class Provenance {
 public:
  explicit Provenance(int threads);
  /// An object: build, code, host, cpu, cores, threads, started, finished.
  [[nodiscard]] json::Value finish(const Code& code) const;

 private:
  int threads_;
  std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace rlrun
