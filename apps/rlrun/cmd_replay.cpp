#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "check/state_replay.hpp"
#include "commands.hpp"
#include "experiment/experiment.hpp"
#include "run/stored_policy.hpp"
#include "store/output.hpp"

namespace rlrun::commands {
namespace {

namespace po = cli::po;

int run_replay(const po::variables_map& values) {
  const auto name = values["ENV"].as<std::string>();
  const auto target = values["output"].as<std::string>();
  check_output(target);
  Catalog catalog(cli::plugin_path(values));
  const Choice choice = make_choice(Kind::kEnv, name, cli::settings(values), InfoSource(catalog),
                                    cli::wrappers(values));
  LoadedPlugins plugins;
  const std::unique_ptr<Env> env = load_env(choice, catalog, plugins)();
  const ReplayInput input = read_replay_input(values["input"].as<std::string>(), *env, name);
  ReplayOutput output;
  try {
    output = replay(*env, input);
  } catch (const TrialError& error) {
    throw UserError(name + ": " + error.what(), ExitCode::kTrialFailed);
  }
  write_replay_output(target, output, name);

  const std::size_t steps = output.rewards.size();
  double total = 0;
  for (const double reward : output.rewards) total += reward;
  const char* ending = steps == 0                      ? "no step"
                       : output.unstable.back() != 0   ? "unstable at the end"
                       : output.terminated.back() != 0 ? "terminated"
                                                       : "not terminated";
  if (cli::json_wanted(values)) {
    fmt::print("{}\n", json::pretty(json::Object{
                           {"env", name},
                           {"output", target},
                           {"steps", static_cast<std::int64_t>(steps)},
                           {"given_steps", static_cast<std::int64_t>(input.actions.cols())},
                           {"return", total},
                           {"terminated", steps > 0 && output.terminated.back() != 0},
                           {"unstable", steps > 0 && output.unstable.back() != 0}}));
  } else {
    fmt::print("{}: {} of {} steps, return {:.6g}, {}\n", target, steps, input.actions.cols(),
               total, ending);
  }
  return 0;
}

}  // namespace

cli::Command replay() {
  cli::Command command;
  command.name = "replay";
  command.summary = "Play given actions from a given state, to compare simulators.";
  command.synopsis = "ENV --input IN.h5 --output OUT.h5 [options]";
  command.details =
      "  IN   the state (qpos and qvel for MuJoCo, else what 'describe' names) and\n"
      "       actions (T, action_dim), or (T) where an action is one number. They are\n"
      "       rounded to float; clipping is the task's; a choice is its number.\n"
      "  OUT  observations (S + 1, obs_dim) in double, the first before any step;\n"
      "       rewards, terminated and unstable (S). S is less than T if the task ends\n"
      "       earlier; horizons play no part.\n"
      "\n"
      "--set NAME=VALUE sets a parameter of the task.";
  command.positional = {"ENV"};
  command.options.add_options()("input", po::value<std::string>()->value_name("IN.h5")->required(),
                                "State and actions.")(
      "output", po::value<std::string>()->value_name("OUT.h5")->required(), "What came of it.");
  cli::add_set_option(command.options);
  cli::add_with_option(command.options);
  cli::add_json_option(command.options);
  cli::add_plugin_path_option(command.options);
  command.run = run_replay;
  return command;
}

}  // namespace rlrun::commands
