#include "run/sweep.hpp"

#include <fmt/format.h>

#include "cli/streams.hpp"
#include "run/installed_code.hpp"
#include "run/progress.hpp"
#include "run/signals.hpp"

namespace rlrun {
namespace {

void write_plan(const Store& store, const json::Value& source, const std::vector<Trial>& trials) {
  std::vector<json::Value> configs;
  configs.reserve(trials.size());
  for (const Trial& trial : trials) configs.push_back(trial.config());
  store.write_plan(source, configs);
}

// What was made by other code than what is installed, unless that was said already: a plugin may be
// built anew while a sweep runs.
std::vector<std::string> say_other_code(const std::filesystem::path& folder, const Catalog& catalog,
                                        const std::vector<std::string>& said) {
  std::vector<std::string> lines = InstalledCode(catalog).describe(read_results(folder).trials);
  if (lines != said)
    for (const std::string& line : lines)
      cli::say_line(line + "; `rlrun sweep --rerun=changed` repeats them");
  return lines;
}

// Where the trials are that the sweep left over.
std::string left_over(const SweepOutcome& outcome) {
  std::string text;
  const auto add = [&](int n, const char* one, const char* several) {
    if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", n, n == 1 ? one : several);
  };
  add(outcome.saved, "trial has saved its state", "trials have saved their state");
  add(outcome.cut, "was cut and goes on from its last checkpoint",
      "were cut and go on from their last checkpoints");
  add(outcome.anew, "was cut before its first checkpoint",
      "were cut before their first checkpoints");
  add(outcome.pending, "was not begun", "were not begun");
  return text.empty() ? "nothing was left" : text;
}

}  // namespace

int sweep_folder(const json::Value& source, const std::vector<Trial>& trials,
                 const Catalog& catalog, const std::filesystem::path& folder,
                 const SweepOptions& options, bool quiet) {
  const SignalGuard signals;  // to the end, so that none comes between the last trial and the merge
  const Store store(folder);
  store.create();
  const StoreLock lock(folder);
  store.remove_leftovers();
  write_plan(store, source, trials);

  const std::vector<std::string> other_code = say_other_code(folder, catalog, {});
  ProgressDisplay display(quiet);
  const SweepOutcome outcome = run_sweep(trials, catalog, store, options, signals, display);
  for (const std::string& problem : store.merge()) cli::say_line(problem);
  say_other_code(folder, catalog, other_code);

  if (!outcome.stopped_by.empty())
    cli::say_line(fmt::format("stopped by {}: {}; the same command goes on", outcome.stopped_by,
                              left_over(outcome)));
  if (outcome.failed > 0)
    cli::say_line(fmt::format("{} of {} trials failed; see `rlrun status {}`", outcome.failed,
                              trials.size(), folder.string()));
  if (!quiet && outcome.complete > 0)
    cli::say(json::plain_line(fmt::format("{} of {} trials complete; see `rlrun table {}`",
                                          outcome.complete, trials.size(), folder.string())) +
             "\n");
  return static_cast<int>(outcome.exit_code);
}

}  // namespace rlrun
