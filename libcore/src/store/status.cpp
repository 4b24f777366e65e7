#include "store/status.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "rlrun/error.hpp"

#include "store/code.hpp"
#include "trial/trial.hpp"

namespace rlrun {
namespace {

using State = TrialState::State;

// Whether the runner at work has begun the trial and not ended it. The journal's times may be whole
// seconds.
bool in_work(const JournalEvent& last, const std::optional<LockHolder>& runner) {
  const bool begun =
      last.type == JournalEvent::Type::kStarted || last.type == JournalEvent::Type::kProgress;
  return begun && runner && last.unix_time >= std::floor(runner->since);
}

// A trial without a result, from the last word of the journal about it.
void follow_journal(TrialState& trial, const JournalEvent& last,
                    const std::optional<LockHolder>& runner) {
  trial.iterations = last.iteration;
  trial.steps = last.steps;
  trial.wall_seconds = last.wall_seconds;
  switch (last.type) {
    case JournalEvent::Type::kStarted:
    case JournalEvent::Type::kProgress:
      // What an earlier runner began and this one has not yet taken up was interrupted by a kill.
      trial.state = in_work(last, runner) ? State::kRunning : State::kInterrupted;
      break;
    case JournalEvent::Type::kInterrupted:
      trial.state = State::kInterrupted;
      break;
    case JournalEvent::Type::kFinished:
    case JournalEvent::Type::kFailed:
      // Its file was removed, so it will be run again.
      trial = {.id = trial.id,
               .label = trial.label,
               .state = State::kPending,
               .cause = {},
               .budget_iterations = trial.budget_iterations,
               .budget_steps = trial.budget_steps};
      break;
  }
}

void follow_record(TrialState& trial, const TrialRecord& record) {
  trial.state = record.status == TrialStatus::kComplete ? State::kComplete : State::kFailed;
  trial.cause = record.cause;
  const CurveTotals totals = record.totals();
  trial.iterations = totals.iterations;
  trial.steps = totals.steps;
  trial.wall_seconds = record.wall_seconds;
}

// Complete results that other code made than the newest ones.
std::vector<std::string> notes_on_code(const std::vector<TrialRecord>& records) {
  std::vector<const TrialRecord*> complete;
  for (const TrialRecord& record : records)
    if (record.status == TrialStatus::kComplete) complete.push_back(&record);
  const std::vector<std::string> changes = changes_to_newest(complete);
  std::vector<CodeOfResult> changed;
  for (std::size_t i = 0; i < complete.size(); ++i) {
    if (changes[i].empty()) continue;
    const Trial trial = Trial::from_config(complete[i]->config);
    changed.push_back({trial.algorithm.label + " on " + trial.env.label, trial.seed, changes[i]});
  }
  return describe_other_code(changed, complete.size());
}

}  // namespace

const char* state_name(State state) {
  switch (state) {
    case State::kComplete:
      return "complete";
    case State::kFailed:
      return "failed";
    case State::kRunning:
      return "running";
    case State::kInterrupted:
      return "interrupted";
    case State::kPending:
      return "pending";
    case State::kDamaged:
      return "damaged";
  }
  return "";
}

std::int64_t FolderStatus::count(State state) const {
  return std::count_if(trials.begin(), trials.end(),
                       [&](const TrialState& trial) { return trial.state == state; });
}

FolderStatus read_status(const std::filesystem::path& folder) {
  FolderStatus status;
  // Before the trial files: what finishes meanwhile shows as finished and not as interrupted.
  status.runner = lock_holder(folder);
  std::unordered_map<std::string, JournalEvent> last;
  try {
    for (JournalEvent& event : Journal::read_last(folder / "journal"))
      last.insert_or_assign(event.trial, std::move(event));
  } catch (const UserError& error) {
    status.problems.emplace_back(error.what());
  }

  const Results results = read_results(folder, {.curves = false, .unfinished = false});
  status.title = results.title;
  status.problems.insert(status.problems.end(), results.problems.begin(), results.problems.end());
  std::unordered_map<std::string_view, const TrialRecord*> finished;
  for (const TrialRecord& record : results.trials) finished.emplace(record.id, &record);
  const std::vector<std::string> committed = Store(folder).committed();
  const auto state_of = [&](const Trial& planned, std::string id) {
    TrialState trial;
    trial.id = std::move(id);
    trial.label = planned.label();
    trial.budget_iterations = planned.budget.iterations;
    trial.budget_steps = planned.budget.steps;
    const auto record = finished.find(trial.id);
    const auto event = last.find(trial.id);
    const bool again = event != last.end() && in_work(event->second, status.runner);
    if (record != finished.end() && !(again && record->second->status == TrialStatus::kFailed)) {
      follow_record(trial, *record->second);
      if (trial.state == State::kComplete && event != last.end() &&
          event->second.type == JournalEvent::Type::kFailed)
        trial.failed_repetition = event->second.message;
    } else if (!again && std::binary_search(committed.begin(), committed.end(), trial.id)) {
      trial.state = State::kDamaged;
    } else if (event != last.end()) {
      follow_journal(trial, event->second, status.runner);
    }
    return trial;
  };
  // A part at a time: many trials take much memory.
  constexpr std::size_t kPart = 1000;
  status.trials.reserve(results.planned.size());
  while (status.trials.size() < results.planned.size()) {
    const auto part = std::span(results.planned).subspan(status.trials.size());
    std::vector<Trial> trials;
    for (const json::Value& config : part.first(std::min(kPart, part.size())))
      trials.push_back(Trial::from_config(config));
    std::vector<std::string> ids = ids_of(trials);
    for (std::size_t i = 0; i < trials.size(); ++i)
      status.trials.push_back(state_of(trials[i], std::move(ids[i])));
  }
  status.notes = notes_on_code(results.trials);
  if (!results.unplanned.empty()) status.notes.push_back(unplanned_text(results.unplanned.size()));
  return status;
}

}  // namespace rlrun
