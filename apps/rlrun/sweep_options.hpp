#pragma once
// What `sweep` and `run` have in common.

#include "cli/options.hpp"
#include "experiment/experiment.hpp"
#include "run/executor.hpp"

namespace rlrun::commands {

/// Adds --jobs, --threads, --checkpoint, --timeout, --memory and --quiet.
void add_worker_options(cli::po::options_description& options, bool several_trials);
SweepOptions worker_options(const cli::po::variables_map& values);

/// Locks the folder, runs what is missing, merges, and says what came of it on standard error.
/// Returns the exit code.
int execute(const json::Value& source, const std::vector<Trial>& trials, const Catalog& catalog,
            const std::filesystem::path& folder, const SweepOptions& options, bool quiet);

}  // namespace rlrun::commands
