#include "run/sweep.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "cli/streams.hpp"
#include "report/number.hpp"
#include "run/installed_code.hpp"
#include "run/progress.hpp"
#include "run/signals.hpp"

namespace rlrun {
namespace {

std::string title_of(const json::Value& experiment) {
  const json::Value* title = experiment.find("title");
  return title != nullptr && title->if_string() != nullptr ? *title->if_string() : "";
}

// What a result is of; of two experiments without a title, those that share one are the same.
std::string subject(const Trial& trial) {
  return trial.algorithm.name + "\n" + trial.env.name;
}

bool share_a_subject(const Store& store, const SweepTask& task) {
  const Store::Plan before = store.read_plan(/*with_configs=*/true).value_or(Store::Plan());
  std::unordered_set<std::string> subjects;
  for (const Trial& trial : task.trials) subjects.insert(subject(trial));
  return std::any_of(before.configs.begin(), before.configs.end(), [&](const json::Value& config) {
    return subjects.contains(subject(Trial::from_config(config)));
  });
}

// Two experiments whose files are called the same meet in one folder unless somebody says so.
void refuse_other_experiment(const Store& store, const Store::Plan& before, const SweepTask& task) {
  const std::string title = title_of(before.experiment);
  if (title == title_of(task.source) && (!title.empty() || share_a_subject(store, task))) return;
  const std::unordered_set<std::string> planned(before.ids.begin(), before.ids.end());
  const std::vector<std::string> ids = ids_of(task.trials), committed = store.committed();
  const auto is_planned = [&](const std::string& id) { return planned.contains(id); };
  if (std::any_of(ids.begin(), ids.end(), is_planned) ||
      std::none_of(committed.begin(), committed.end(), is_planned))
    return;
  throw UserError(fmt::format("{} holds results of another experiment, {}; choose another folder "
                              "with --results DIR",
                              store.folder().string(),
                              title.empty() ? "which has no title" : "'" + title + "'"),
                  ExitCode::kStore);
}

void write_plan(const Store& store, const SweepTask& task) {
  if (!task.adds && store.has_plan(task.source, task.trials)) return;
  std::optional<Store::Plan> before;
  try {
    before = store.read_plan(task.adds);
  } catch (const UserError& error) {
    // Without it, nobody knows to what the trials should be added.
    if (task.adds) throw;
    cli::say_line(std::string(error.what()) + "; it is written anew");
  }
  if (before && !task.adds) refuse_other_experiment(store, *before, task);
  if (!before || !task.adds) {
    store.write_plan(task.source, task.trials);
    return;
  }
  for (const Trial& trial : task.trials)
    if (std::find(before->ids.begin(), before->ids.end(), trial.id()) == before->ids.end())
      before->configs.push_back(trial.config());
  store.write_plan(before->experiment, before->configs);
}

// What was made by other code than what is installed, unless that was said at the start: a plugin
// may be built anew while a sweep runs.
void say_other_code(const std::vector<Trial>& trials, const Results& results,
                    const Catalog& catalog, const std::vector<std::string>& said) {
  const std::vector<std::string> lines = InstalledCode(catalog).describe(trials, results.trials);
  if (lines == said) return;
  for (const std::string& line : lines) cli::say_line(line + kRepeatHint);
}

int left(const SweepOutcome& outcome) {
  return outcome.saved + outcome.cut + outcome.anew + outcome.pending;
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

// What the sweep claims is what can be read back: of how many of its trials there is a result, and of
// which, beyond those that it left over, there is none.
struct ReadBack {
  int complete = 0;
  std::vector<const Trial*> missing;
};
ReadBack read_back(const std::vector<Trial>& trials, const Results& results) {
  std::unordered_map<std::string_view, TrialStatus> ended;
  for (const TrialRecord& record : results.trials) ended.emplace(record.id, record.status);
  ReadBack result;
  const std::vector<std::string> ids = ids_of(trials);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto found = ended.find(ids[i]);
    if (found == ended.end()) {
      result.missing.push_back(&trials[i]);
    } else if (found->second == TrialStatus::kComplete) {
      ++result.complete;
    }
  }
  return result;
}

void say_failed(int failed, const SweepTask& task, const std::filesystem::path& folder) {
  if (failed > 0)
    cli::say_line(fmt::format("{} of {} failed; see `rlrun status {}`", failed,
                              counted(task.trials.size(), "trial"), folder.string()));
}

void say_complete(int complete, int earlier, const SweepTask& task,
                  const std::filesystem::path& folder) {
  if (complete > 0)
    cli::say(json::plain_line(fmt::format(
                 "{} of {} complete{}; see `rlrun table {}`", complete,
                 counted(task.trials.size(), "trial"),
                 earlier > 0 ? fmt::format(", {} of them with the earlier result", earlier) : "",
                 folder.string())) +
             "\n");
}

}  // namespace

int sweep_folder(const SweepTask& task, const Catalog& catalog, const std::filesystem::path& folder,
                 const SweepOptions& options, bool quiet) {
  const SignalGuard signals;  // to the end, so that none comes between the last trial and the merge
  const Store store(folder);
  store.create();
  const StoreLock lock(folder);
  store.remove_leftovers();
  write_plan(store, task);

  ProgressDisplay display(quiet);
  SweepOutcome outcome = run_sweep(task.trials, catalog, store, options, signals, display);
  if (outcome.nothing_new) {
    say_failed(outcome.failed, task, folder);
    if (!quiet) say_complete(outcome.complete, 0, task, folder);
    return static_cast<int>(outcome.exit_code);
  }
  const Results results = store.merge();
  for (const std::string& problem : results.problems) cli::say_line(problem);
  if (!results.as_merged) say_other_code(task.trials, results, catalog, outcome.other_code);

  if (!outcome.stopped_by.empty())
    cli::say_line(fmt::format("stopped by {}: {}; the same command goes on", outcome.stopped_by,
                              left_over(outcome)));
  say_failed(outcome.failed, task, folder);
  const ReadBack found = read_back(task.trials, results);
  if (const int lost = static_cast<int>(found.missing.size()) - left(outcome); lost > 0) {
    cli::say_line(
        fmt::format("{} of {} ended, but their results are gone or damaged ({}{}); "
                    "the same command runs them again",
                    lost, counted(task.trials.size(), "trial"), found.missing.front()->label(),
                    found.missing.size() > 1 ? ", ..." : ""));
    if (outcome.exit_code == ExitCode::kOk || outcome.exit_code == ExitCode::kTrialFailed)
      outcome.exit_code = ExitCode::kStore;
  }
  if (!quiet) say_complete(found.complete, outcome.failed_repetitions, task, folder);
  return static_cast<int>(outcome.exit_code);
}

}  // namespace rlrun
