#include "sweep_options.hpp"

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "run/machine.hpp"

namespace rlrun::commands {

namespace po = cli::po;

void add_worker_options(po::options_description& options, bool several_trials) {
  if (several_trials)
    options.add_options()(
        "jobs", cli::whole_number("jobs", 1, 4096),
        "Trials at a time; default: as many as there are cores for us (affinity, quotas of "
        "control groups, SLURM_CPUS_PER_TASK).");
  options.add_options()("threads", cli::whole_number("threads", 1, 4096),
                        "Threads of each trial; default: the cores that the trials leave. No "
                        "number changes a result.")(
      "checkpoint", po::value<double>()->value_name("SECONDS")->default_value(10, "10"),
      "Least time between two checkpoints of a trial; 0: each iteration.")(
      "timeout", po::value<double>()->value_name("SECONDS")->default_value(600, "600"),
      "End a trial that takes no environment step for so long; 0: never.")(
      "grace", po::value<double>()->value_name("SECONDS")->default_value(30, "30"),
      "When the sweep is stopped: time for trials to come to the end of their iteration, where "
      "they "
      "save their state. Those that take longer go on from their last checkpoint.")(
      "memory", cli::whole_number("memory", 1, std::int64_t{1} << 30, "MIB"),
      "Limit of a trial's address space. Without one, a trial can allocate what the machine or its "
      "control group has.")("quiet", po::bool_switch(), "Report failures only.");
  options.add_options()("keep-state", po::bool_switch(),
                        "Keep the state in which a trial ends, so that a larger budget goes on "
                        "from there, even if it "
                        "is larger than 4 MiB (replay memories are).");
}

SweepOptions worker_options(const po::variables_map& values) {
  SweepOptions options;
  if (values.count("jobs") > 0) options.jobs = int(values["jobs"].as<std::int64_t>());
  if (values.count("threads") > 0) options.threads = int(values["threads"].as<std::int64_t>());
  if (values.count("memory") > 0) options.address_mib = values["memory"].as<std::int64_t>();
  options.keep_state = values["keep-state"].as<bool>();
  // Every trial has the program's own share in its address space, whatever its plugins need.
  if (const std::int64_t own = own_address_mib();
      values.count("memory") > 0 && options.address_mib <= own)
    throw UserError(
        fmt::format("--memory {}: the program alone takes {} MiB of addresses; a trial needs more",
                    options.address_mib, own),
        ExitCode::kUsage);
  options.checkpoint_seconds = values["checkpoint"].as<double>();
  options.timeout_seconds = values["timeout"].as<double>();
  options.grace_seconds = values["grace"].as<double>();
  if (!(options.checkpoint_seconds >= 0) || !(options.timeout_seconds >= 0) ||
      !(options.grace_seconds >= 0))
    throw UserError("--checkpoint, --timeout and --grace are numbers of seconds from 0 on",
                    ExitCode::kUsage);
  return options;
}

std::filesystem::path results_folder(const po::variables_map& values, const std::string& name) {
  if (values.count("results") == 0) return std::filesystem::path("results") / name;
  const std::string folder = values["results"].as<std::string>();
  if (folder.empty())
    throw UserError("--results is empty; it takes the name of a folder", ExitCode::kUsage);
  return folder;
}

}  // namespace rlrun::commands
