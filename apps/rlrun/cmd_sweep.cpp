#include <set>

#include <fmt/format.h>

#include "check/rehearsal.hpp"
#include "commands.hpp"
#include "run/plan.hpp"
#include "run/sweep.hpp"
#include "sweep_options.hpp"

namespace rlrun::commands {
namespace {

namespace po = cli::po;

Rerun rerun_named(const std::string& name) {
  if (name == "all") return Rerun::kAll;
  if (name == "changed") return Rerun::kChanged;
  throw UserError("--rerun: '" + name + "' is unknown; known: all, changed", ExitCode::kUsage);
}

int run_command(const po::variables_map& values) {
  const std::string file = values["FILE"].as<std::string>();
  Catalog catalog(cli::plugin_path(values));
  Experiment experiment = load_experiment(file, cli::settings(values), InfoSource(catalog));
  rehearse(experiment.trials, catalog, file);
  SweepOptions options = worker_options(values);
  options.keep_failed = values["keep-failed"].as<bool>();
  if (values.count("rerun") > 0) options.rerun = rerun_named(values["rerun"].as<std::string>());
  if (values.count("shuffle") > 0)
    options.shuffle = static_cast<std::uint64_t>(values["shuffle"].as<std::int64_t>());
  const std::filesystem::path folder = results_folder(values, experiment.name);
  if (values["dry-run"].as<bool>()) {
    const Plan plan = plan_sweep(experiment.trials, catalog, Store(folder), options);
    fmt::print("{}", cli::json_wanted(values) ? json::pretty(to_json(plan)) + "\n" : to_text(plan));
    return 0;
  }
  const SweepTask task{std::move(experiment.source), std::move(experiment.trials)};
  return sweep_folder(task, catalog, folder, options, values["quiet"].as<bool>());
}

}  // namespace

cli::Command sweep() {
  cli::Command command;
  command.name = "sweep";
  command.summary = "Run every trial of an experiment file, or go on with it.";
  command.synopsis = "FILE [options]";
  command.details =
      "Trials that have a result are never run again; those that failed are, unless\n"
      "--keep-failed is given. A killed sweep goes on from its checkpoints and ends with\n"
      "the same bits. A trial whose budget grew goes on where the shorter one ended, unless\n"
      "schedules follow the budget. Results made by other code than what is installed are named;\n"
      "--rerun=changed repeats them. What is repeated keeps its result until the new one\n"
      "takes its place. Exit codes: 0 complete, 1 some trial failed, 3 the file is wrong,\n"
      "4 a plugin is missing or incompatible, 5 the result folder is locked or damaged,\n"
      "6 stopped by a signal with all state saved, 7 out of disk or memory.\n"
      "\n"
      "SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGXCPU stop a sweep; a second\n"
      "one stops it without waiting for trials to save their state.";
  command.positional = {"FILE"};
  command.options.add_options()("results", po::value<std::string>()->value_name("DIR"),
                                "Result folder; default: results/<experiment>.");
  add_worker_options(command.options, true);
  cli::add_set_option(command.options);
  command.options.add_options()("dry-run", po::bool_switch(),
                                "List every trial with its steps and an estimated time, and stop.")(
      "shuffle", cli::whole_number("shuffle", 0, std::int64_t{1} << 62, "SEED"),
      "Run the trials in a random order.")("keep-failed", po::bool_switch(),
                                           "Do not try failed trials again.")(
      "rerun", po::value<std::string>()->value_name("WHICH"),
      "Repeat trials that have a result: 'changed', those made by other code than what is "
      "installed now, or 'all'.");
  cli::add_json_option(command.options);
  cli::add_plugin_path_option(command.options);
  command.run = run_command;
  return command;
}

}  // namespace rlrun::commands
