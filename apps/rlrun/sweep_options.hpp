#pragma once
// What `sweep` and `run` have in common.

#include "cli/options.hpp"
#include "experiment/experiment.hpp"
#include "run/executor.hpp"

namespace rlrun::commands {

/// Adds --jobs, --threads, --checkpoint, --timeout, --grace, --memory and --quiet.
void add_worker_options(cli::po::options_description& options, bool several_trials);
SweepOptions worker_options(const cli::po::variables_map& values);

/// --results, or a folder of that name in results/.
std::filesystem::path results_folder(const cli::po::variables_map& values, const std::string& name);

}  // namespace rlrun::commands
