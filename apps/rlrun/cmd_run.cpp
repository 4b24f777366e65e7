#include <cmath>

#include <fmt/format.h>

#include "check/rehearsal.hpp"
#include "commands.hpp"
#include "report/number.hpp"
#include "report/report.hpp"
#include "run/debug_trial.hpp"
#include "run/sweep.hpp"
#include "sweep_options.hpp"

namespace rlrun::commands {
namespace {

namespace po = cli::po;

json::Value number_or_null(double value) {
  return std::isfinite(value) ? json::Value(value) : json::Value();
}

void answer(const TrialRecord& record, bool as_json) {
  const double score = trial_score(record, kDefaultScore);  // what the table says
  const double last = record.curves.mean_return.back();
  if (as_json) {
    fmt::print("{}\n", json::pretty(json::Object{
                           {"id", record.id},
                           {"label", record.label},
                           {"score", number_or_null(score)},
                           {"last_mean_return", number_or_null(last)},
                           {"iterations", static_cast<std::int64_t>(record.curves.size())},
                           {"steps", record.curves.steps.back()},
                           {"wall_seconds", record.wall_seconds}}));
  } else {
    fmt::print("{}: score {} ({}), last iteration {}\n", record.label,
               std::isfinite(score) ? number_text(score) : "none, no episode has ended",
               score_name(kDefaultScore), number_text(last));
  }
}

int run_command(const po::variables_map& values) {
  Budget budget;
  if (values.count("iterations") > 0) budget.iterations = values["iterations"].as<std::int64_t>();
  if (values.count("steps") > 0) budget.steps = values["steps"].as<std::int64_t>();
  if ((budget.iterations > 0) == (budget.steps > 0))
    throw UserError("give the budget as either --iterations N or --steps N", ExitCode::kUsage);
  const std::string env = values["ENV"].as<std::string>();
  const std::string algorithm = values["ALGORITHM"].as<std::string>();
  Catalog catalog(cli::plugin_path(values));
  const Trial trial = make_trial(
      env, algorithm, values.count("policy") > 0 ? values["policy"].as<std::string>() : "",
      cli::settings(values), budget, static_cast<std::uint64_t>(values["seed"].as<std::int64_t>()),
      InfoSource(catalog), cli::wrappers(values));
  if (values["debug"].as<bool>()) {
    for (const char* name : {"results", "threads", "memory"})
      if (values.count(name) > 0)
        throw UserError(std::string("--debug stores nothing and runs on one thread without limits; "
                                    "leave out --") +
                            name,
                        ExitCode::kUsage);
    answer(debug_trial(trial, catalog), cli::json_wanted(values));
    return 0;
  }
  rehearse({trial}, catalog, "");

  std::string name = algorithm + "-" + trial.env.label;
  for (char& c : name)
    if (c == '/') c = '_';
  const std::filesystem::path folder = results_folder(values, name);
  const SweepTask task{
      json::Object{{"title", algorithm + " on " + trial.env.label}}, {trial}, true};
  const int code =
      sweep_folder(task, catalog, folder, worker_options(values), values["quiet"].as<bool>());
  if (code != 0) return code;

  answer(read_trial(Store(folder).trial_path(trial.id())), cli::json_wanted(values));
  return 0;
}

}  // namespace

cli::Command run() {
  cli::Command command;
  command.name = "run";
  command.summary = "Run one trial from the command line.";
  command.synopsis = "ALGORITHM ENV (--iterations N | --steps N) [options]";
  command.details =
      "--set NAME=VALUE sets a parameter of the algorithm; env.NAME and policy.NAME those\n"
      "of the task and the policy. The trial is added to those that the folder has.";
  command.positional = {"ALGORITHM", "ENV"};
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  command.options.add_options()("iterations", cli::whole_number("iterations", 1, kMost),
                                "Budget in iterations of the algorithm.")(
      "steps", cli::whole_number("steps", 1, kMost), "Budget in environment steps.")(
      "seed", cli::whole_number("seed", 0, kMost)->default_value(1), "Seed of the trial.")(
      "policy", po::value<std::string>()->value_name("NAME"),
      "Policy; default: the algorithm's own.")(
      "results", po::value<std::string>()->value_name("DIR"),
      "Result folder; default: results/<algorithm>-<env>.")(
      "debug", po::bool_switch(),
      "For a debugger: in this process, on one thread, without limits; what is thrown is caught by "
      "nobody, and nothing is stored.");
  add_worker_options(command.options, false);
  cli::add_set_option(command.options);
  cli::add_with_option(command.options);
  cli::add_json_option(command.options);
  cli::add_plugin_path_option(command.options);
  command.run = run_command;
  return command;
}

}  // namespace rlrun::commands
