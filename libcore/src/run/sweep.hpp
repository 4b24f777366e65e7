#pragma once
// A whole sweep of a result folder, from the lock to the last line.

#include <filesystem>

#include "run/executor.hpp"

namespace rlrun {

/// What is to be run, and what becomes of the plan that the folder has.
struct SweepTask {
  json::Value source;  ///< The experiment, as stored with the results.
  std::vector<Trial> trials;
  bool adds = false;  ///< Adds the trials to the plan of the folder instead of replacing it.
};

/// Locks the folder, writes the plan, runs what is missing, merges, reads back what it claims, and
/// says what came of it on standard error. The caller has one thread. Returns the exit code. Throws
/// UserError (exit code 5) if the folder holds results of another experiment.
int sweep_folder(const SweepTask& task, const Catalog& catalog, const std::filesystem::path& folder,
                 const SweepOptions& options, bool quiet);

}  // namespace rlrun
