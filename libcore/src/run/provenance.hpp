#pragma once
// Where and how a result was made. No part of the results proper.

#include <string>

#include "json/json.hpp"

namespace rlrun {

/// The build in one line: version, commit, compiler, flags, libraries. A checkpoint is only taken
/// up by the build that wrote it, so that no trial is half of one program and half of another.
std::string build_identity();

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
