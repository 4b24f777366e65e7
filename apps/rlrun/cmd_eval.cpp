#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "cli/streams.hpp"
#include "commands.hpp"
#include "report/number.hpp"
#include "run/installed_code.hpp"
#include "run/machine.hpp"
#include "run/stored_policy.hpp"
#include "sample/play.hpp"

namespace rlrun::commands {
namespace {

namespace po = cli::po;

json::Value report(const StoredPolicy& stored, const EpisodeStatistics& s) {
  return json::Object{{"id", stored.trial.id()},
                      {"label", stored.trial.label()},
                      {"env", stored.trial.env.name},
                      {"algorithm", stored.trial.algorithm.label},
                      {"seed", static_cast<std::int64_t>(stored.trial.seed)},
                      {"steps", stored.steps},
                      {"episodes", static_cast<std::int64_t>(s.episodes)},
                      {"mean", s.mean},
                      {"std", json::number_or_null(s.std)},
                      {"min", s.min},
                      {"max", s.max},
                      {"mean_length", s.mean_length},
                      {"terminated", static_cast<std::int64_t>(s.terminated)},
                      {"unstable", static_cast<std::int64_t>(s.unstable)}};
}

std::string to_text(const EpisodeStatistics& s, ActMode mode) {
  const std::string way = mode == ActMode::kGreedy ? "greedy" : "exploring";
  const std::string unstable = s.unstable > 0 ? fmt::format(", {} unstable", s.unstable) : "";
  const int decimals = std::max(2, decimals_for(std::max(std::abs(s.min), std::abs(s.max))));
  const auto text = [&](double value) { return number_text(value, decimals); };
  if (s.episodes == 1)
    return fmt::format("{} in 1 {} episode (length {:.0f}{})", text(s.mean), way, s.mean_length,
                       unstable);
  return fmt::format("{} ± {} over {} {} episodes (min {}, max {}, length {:.1f}{})", text(s.mean),
                     text(s.std), s.episodes, way, text(s.min), text(s.max), s.mean_length,
                     unstable);
}

int run_eval(const po::variables_map& values) {
  const bool as_json = cli::json_wanted(values);
  const ActMode mode = values["explore"].as<bool>() ? ActMode::kExplore : ActMode::kGreedy;
  const WhichPolicy which = values["best"].as<bool>() ? WhichPolicy::kBest : WhichPolicy::kLast;
  const auto episodes = static_cast<Index>(values["episodes"].as<std::int64_t>());
  Catalog catalog(cli::plugin_path(values));
  LoadedPlugins plugins;
  // Everything is loaded before the first thread starts, because declarations are read by a child
  // process.
  std::vector<StoredPolicy> policies;
  const FoundTrials found =
      find_trials(values["SOURCE"].as<std::string>(), values["trial"].as<std::string>());
  for (const auto& lines :
       {found.problems, found.notes, InstalledCode(catalog).describe(found.trials)})
    for (const std::string& line : lines) cli::say_line(line);
  for (const TrialRecord& record : found.trials) {
    if (record.status == TrialStatus::kComplete)
      policies.push_back(load_policy(record, catalog, plugins, which));
    else
      cli::say_line(
          fmt::format("{} failed and left no policy: {}", record.label, record.cause.message));
  }
  if (policies.empty())
    throw UserError(values["SOURCE"].as<std::string>() + ": no trial has left a policy",
                    ExitCode::kStore);
  set_thread_count(values.count("threads") > 0
                       ? static_cast<int>(values["threads"].as<std::int64_t>())
                       : available_cores());

  json::Array answers;
  for (const StoredPolicy& stored : policies) {
    const Rng root = Rng(stored.trial.seed)
                         .fork("eval")
                         .fork(static_cast<std::uint64_t>(values["seed"].as<std::int64_t>()));
    EpisodeStatistics s;
    try {
      s = summarize(play_episodes(stored.env, *stored.policy, mode, episodes, root));
    } catch (const TrialError& error) {
      throw UserError(stored.trial.label() + ": " + error.what(), ExitCode::kTrialFailed);
    }
    if (as_json) {
      answers.push_back(report(stored, s));
      continue;
    }
    fmt::print("{}{}: {}\n", stored.trial.label(),
               which == WhichPolicy::kBest
                   ? fmt::format(", best policy (after {} steps)", stored.steps)
                   : "",
               to_text(s, mode));
  }
  if (as_json)
    fmt::print("{}\n",
               json::pretty(json::Object{{"mode", mode == ActMode::kGreedy ? "greedy" : "explore"},
                                         {"policy", which == WhichPolicy::kBest ? "best" : "last"},
                                         {"trials", std::move(answers)}}));
  return static_cast<int>(found.problems.empty() ? ExitCode::kOk : ExitCode::kStore);
}

}  // namespace

cli::Command eval() {
  cli::Command command;
  command.name = "eval";
  command.summary = "Play episodes with stored policies.";
  command.synopsis = "SOURCE [options]";
  command.details =
      "SOURCE is a result folder or one of its trial files. Prints mean and sample standard\n"
      "deviation of the return over episodes whose streams no training has used. Trials are\n"
      "those of the folder's plan, in its order; one outside it is played by its id. A damaged\n"
      "file is named, the others are played, and the exit code is then 5.";
  command.positional = {"SOURCE"};
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  command.options.add_options()(
      "trial", po::value<std::string>()->value_name("ID|TEXT")->default_value("", ""),
      "Only the trial with this id, or those whose label contains the text.")(
      "best", po::bool_switch(),
      "The policy with the best evaluation during training instead of the last.")(
      "episodes", cli::whole_number("episodes", 1, 100'000'000)->default_value(100),
      "Episodes for each policy.")("explore", po::bool_switch(),
                                   "Act as in training instead of greedily.")(
      "seed", cli::whole_number("seed", 0, kMost)->default_value(0),
      "Another number gives other episodes.")("threads", cli::whole_number("threads", 1, 1024),
                                              "Threads; default: all cores. Changes no result.");
  cli::add_json_option(command.options);
  cli::add_plugin_path_option(command.options);
  command.run = run_eval;
  return command;
}

}  // namespace rlrun::commands
