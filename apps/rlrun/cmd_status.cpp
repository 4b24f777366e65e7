#include <fmt/format.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "commands.hpp"
#include "report/number.hpp"
#include "store/status.hpp"

namespace rlrun::commands {
namespace {

using State = TrialState::State;

json::Value to_json(const FolderStatus& status) {
  json::Object counts;
  for (const State state : kAllStates) counts.emplace_back(state_name(state), status.count(state));
  json::Array trials;
  for (const TrialState& trial : status.trials) {
    json::Object item{{"id", trial.id},
                      {"label", trial.label},
                      {"status", state_name(trial.state)},
                      {"iterations", trial.iterations},
                      {"steps", trial.steps},
                      {"wall_seconds", trial.wall_seconds},
                      {"budget", trial.budget_iterations > 0
                                     ? json::Object{{"iterations", trial.budget_iterations}}
                                     : json::Object{{"steps", trial.budget_steps}}}};
    if (trial.state == State::kFailed)
      item.emplace_back("cause", json::Object{{"kind", trial.cause.kind},
                                              {"message", trial.cause.message},
                                              {"iteration", trial.cause.iteration}});
    if (!trial.failed_repetition.empty())
      item.emplace_back("failed_repetition", trial.failed_repetition);
    trials.emplace_back(std::move(item));
  }
  json::Value runner;
  if (status.runner)
    runner = json::Object{{"host", status.runner->host}, {"pid", status.runner->pid}};
  return json::Object{{"title", status.title},
                      {"counts", std::move(counts)},
                      {"runner", std::move(runner)},
                      {"trials", std::move(trials)},
                      {"notes", json::Array(status.notes.begin(), status.notes.end())},
                      {"problems", json::Array(status.problems.begin(), status.problems.end())}};
}

// Messages come from plugins, and a terminal obeys control characters.
std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text;
}

std::string progress(const TrialState& trial) {
  const auto seconds = static_cast<std::int64_t>(trial.wall_seconds);
  const std::string done =
      trial.budget_iterations > 0
          ? fmt::format("iteration {} of {}", trial.iterations, trial.budget_iterations)
          : fmt::format("step {} of {}", trial.steps, trial.budget_steps);
  return fmt::format("{}, {}:{:02}:{:02}", done, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string detail(const TrialState& trial) {
  if (!trial.failed_repetition.empty())
    return "its repetition failed (" + trial.failed_repetition + "); the earlier result stays";
  if (trial.state != State::kFailed) return progress(trial);
  const std::string place =
      trial.cause.iteration >= 0 ? fmt::format(" at iteration {}", trial.cause.iteration) : "";
  return fmt::format("{}{}: {}", trial.cause.kind, place, trial.cause.message);
}

void print(const FolderStatus& status) {
  std::string counts;
  for (const State state : kAllStates)
    if (const std::int64_t count = status.count(state); count > 0)
      counts += fmt::format(", {} {}", count, state_name(state));
  fmt::print("{}: {}{}\n", printable(status.title), counted(status.trials.size(), "trial"), counts);
  if (status.runner)
    fmt::print("run by process {} on {}\n", status.runner->pid, printable(status.runner->host));

  std::size_t width = 0;
  const auto shown = [](const TrialState& trial) {
    return trial.state == State::kRunning || trial.state == State::kInterrupted ||
           trial.state == State::kFailed || trial.state == State::kDamaged ||
           !trial.failed_repetition.empty();
  };
  for (const TrialState& trial : status.trials)
    if (shown(trial)) width = std::max(width, trial.label.size());
  const bool color = cli::use_color(STDOUT_FILENO);
  for (const State state : kAllStates) {
    const bool bad = state == State::kFailed || state == State::kDamaged;
    for (const TrialState& trial : status.trials) {
      if (trial.state != state || !shown(trial)) continue;
      fmt::print("{}{:<11}{}  {:<{}}  {}\n", color && bad ? "\033[31m" : "", state_name(state),
                 color && bad ? "\033[0m" : "", printable(trial.label), width,
                 state == State::kDamaged ? "see below" : printable(detail(trial)));
    }
  }
  for (const std::string& note : status.notes) fmt::print("{}\n", printable(note));
  for (const std::string& problem : status.problems) fmt::print("{}\n", printable(problem));
}

}  // namespace

cli::Command status() {
  cli::Command command;
  command.name = "status";
  command.summary = "How far the trials of a folder are, and why some failed.";
  command.synopsis = "DIR [--json]";
  command.details =
      "Reads the folder while a sweep runs or after any end of it. A damaged trial file is named, "
      "the\n"
      "exit code is then 5, and the next sweep runs that trial again. Results that other code "
      "made\n"
      "than the newest ones are named with what differs.";
  command.positional = {"DIR"};
  cli::add_json_option(command.options);
  command.run = [](const cli::po::variables_map& values) {
    const FolderStatus status = read_status(values["DIR"].as<std::string>());
    if (cli::json_wanted(values)) {
      fmt::print("{}\n", json::pretty(to_json(status)));
    } else {
      print(status);
    }
    return static_cast<int>(status.problems.empty() ? ExitCode::kOk : ExitCode::kStore);
  };
  return command;
}

}  // namespace rlrun::commands
