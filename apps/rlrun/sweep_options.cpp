#include "sweep_options.hpp"

#include <fmt/format.h>

#include "run/installed_code.hpp"
#include "run/progress.hpp"

namespace rlrun::commands {

namespace po = cli::po;

void add_worker_options(po::options_description& options, bool several_trials) {
  if (several_trials)
    options.add_options()("jobs", cli::whole_number("jobs", 1, 4096),
                          "Trials at a time; default: as many as there are cores.");
  options.add_options()("threads", cli::whole_number("threads", 1, 4096),
                        "Threads of each trial; default: the cores that the trials leave. No "
                        "number changes a result.")(
      "checkpoint", po::value<double>()->value_name("SECONDS")->default_value(10, "10"),
      "Least time between two checkpoints of a trial; 0: each iteration.")(
      "timeout", po::value<double>()->value_name("SECONDS")->default_value(600, "600"),
      "End a trial that takes no environment step for so long; 0: never.")(
      "memory", cli::whole_number("memory", 1, std::int64_t{1} << 30, "MIB"),
      "Limit of a trial's address space.")("quiet", po::bool_switch(), "Report failures only.");
}

SweepOptions worker_options(const po::variables_map& values) {
  SweepOptions options;
  if (values.count("jobs") > 0) options.jobs = int(values["jobs"].as<std::int64_t>());
  if (values.count("threads") > 0) options.threads = int(values["threads"].as<std::int64_t>());
  if (values.count("memory") > 0) options.memory_mib = values["memory"].as<std::int64_t>();
  options.checkpoint_seconds = values["checkpoint"].as<double>();
  options.timeout_seconds = values["timeout"].as<double>();
  if (!(options.checkpoint_seconds >= 0) || !(options.timeout_seconds >= 0))
    throw UserError("--checkpoint and --timeout are numbers of seconds from 0 on",
                    ExitCode::kUsage);
  return options;
}

namespace {

// What was made by other code than what is installed, unless that was said already: a plugin may be
// built anew while a sweep runs.
std::vector<std::string> say_other_code(const std::filesystem::path& folder, const Catalog& catalog,
                                        const std::vector<std::string>& said) {
  std::vector<std::string> lines = InstalledCode(catalog).describe(read_results(folder).trials);
  if (lines != said)
    for (const std::string& line : lines)
      fmt::print(stderr, "rlrun: {}; `rlrun sweep --rerun=changed` repeats them\n", line);
  return lines;
}

}  // namespace

int execute(const json::Value& source, const std::vector<Trial>& trials, const Catalog& catalog,
            const std::filesystem::path& folder, const SweepOptions& options, bool quiet) {
  const Store store(folder);
  store.create();
  const StoreLock lock(folder);
  store.remove_leftovers();
  std::vector<json::Value> configs;
  configs.reserve(trials.size());
  for (const Trial& trial : trials) configs.push_back(trial.config());
  store.write_plan(source, configs);

  const std::vector<std::string> other_code = say_other_code(folder, catalog, {});
  ProgressDisplay display(quiet);
  const SweepOutcome outcome = run_sweep(trials, catalog, store, options, display);
  for (const std::string& problem : store.merge()) fmt::print(stderr, "rlrun: {}\n", problem);
  say_other_code(folder, catalog, other_code);

  if (!outcome.stopped_by.empty())
    fmt::print(stderr, "rlrun: stopped by {}; the same command goes on\n", outcome.stopped_by);
  if (outcome.failed > 0)
    fmt::print(stderr, "rlrun: {} of {} trials failed; see `rlrun status {}`\n", outcome.failed,
               trials.size(), folder.string());
  if (!quiet && outcome.complete > 0)
    fmt::print(stderr, "{} of {} trials complete; see `rlrun table {}`\n", outcome.complete,
               trials.size(), folder.string());
  return static_cast<int>(outcome.exit_code);
}

}  // namespace rlrun::commands
