#pragma once
// A whole sweep of a result folder, from the lock to the last line.

#include <filesystem>

#include "run/executor.hpp"

namespace rlrun {

/// Locks the folder, writes the plan, runs what is missing, merges, and says what came of it on
/// standard error. The caller has one thread. Returns the exit code.
int sweep_folder(const json::Value& source, const std::vector<Trial>& trials,
                 const Catalog& catalog, const std::filesystem::path& folder,
                 const SweepOptions& options, bool quiet);

}  // namespace rlrun
