#include "store/status.hpp"

#include <ctime>
#include <fstream>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "example_trials.hpp"
#include "store/file.hpp"

using namespace rlrun;
using namespace rlrun::testing;
using State = TrialState::State;

namespace {

JournalEvent event(JournalEvent::Type type, std::uint64_t seed, double time) {
  JournalEvent e;
  e.type = type;
  e.trial = example_trial(seed).id();
  e.iteration = 7;
  e.steps = 700;
  e.wall_seconds = 3;
  e.unix_time = time;
  return e;
}

}  // namespace

TEST_CASE("status tells every trial's state and why some failed", "[store]") {
  using Type = JournalEvent::Type;
  const ScratchFolder folder;
  const Store store(folder.path());
  store.create();
  std::vector<json::Value> configs;
  for (std::uint64_t seed = 0; seed < 8; ++seed) configs.push_back(example_trial(seed).config());
  store.write_plan(json::Object{{"title", "T"}}, configs);
  write_trial(store.trial_path(example_trial(0).id()), example_record(0));
  write_trial(store.trial_path(example_trial(1).id()), example_failure(1));
  std::ofstream(store.trial_path(example_trial(2).id())) << "damaged";
  {
    Journal journal(folder / "journal");
    journal.append(event(Type::kStarted, 3, 4e9), false);  // later than any lock
    journal.append(event(Type::kProgress, 3, 4e9), false);
    journal.append(event(Type::kStarted, 4, 5), false);  // by an earlier runner
    journal.append(event(Type::kInterrupted, 5, 5), false);
    journal.append(event(Type::kFinished, 6, 5), true);  // its file was removed since
    journal.append(event(Type::kProgress, 0, 4e9), true);
  }

  const auto states = [&] {
    std::vector<State> list;
    for (const TrialState& trial : read_status(folder.path()).trials) list.push_back(trial.state);
    return list;
  };
  CHECK(states() == std::vector{State::kComplete, State::kFailed, State::kDamaged,
                                State::kInterrupted, State::kInterrupted, State::kInterrupted,
                                State::kPending, State::kPending});
  const StoreLock lock(folder.path());
  CHECK(states() == std::vector{State::kComplete, State::kFailed, State::kDamaged, State::kRunning,
                                State::kInterrupted, State::kInterrupted, State::kPending,
                                State::kPending});
  const FolderStatus status = read_status(folder.path());
  CHECK(status.title == "T");
  CHECK(status.runner->pid == ::getpid());
  CHECK(status.problems.size() == 1);
  CHECK(status.count(State::kInterrupted) == 2);
  CHECK(status.trials[0].iterations == 20);
  CHECK(status.trials[1].cause.message == example_failure(1).cause.message);
  CHECK(status.trials[3].iterations == 7);
  CHECK(status.trials[3].steps == 700);
  CHECK(status.trials[3].budget_iterations == 20);
  CHECK(status.trials[6].iterations == 0);
  CHECK(status.trials[6].budget_iterations == 20);
  CHECK(status.trials[6].label == example_trial(6).label());
}

TEST_CASE("a failed trial that runs again is running", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  store.create();
  store.write_plan(json::Object{}, {example_trial(0).config()});
  write_trial(store.trial_path(example_trial(0).id()), example_failure(0));
  const StoreLock lock(folder.path());
  Journal(folder / "journal")
      .append(event(JournalEvent::Type::kStarted, 0, static_cast<double>(std::time(nullptr))),
              false);
  CHECK(read_status(folder.path()).count(State::kRunning) == 1);
  Journal(folder / "journal").append(event(JournalEvent::Type::kFailed, 0, 4e9), false);
  CHECK(read_status(folder.path()).count(State::kFailed) == 1);
}

TEST_CASE("a damaged journal is a problem and hides no result", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  store.create();
  store.write_plan(json::Object{}, {example_trial(0).config()});
  write_trial(store.trial_path(example_trial(0).id()), example_record(0));
  std::ofstream(folder / "journal") << "no journal at all";
  const FolderStatus status = read_status(folder.path());
  CHECK(status.problems.size() == 1);
  CHECK(status.count(State::kComplete) == 1);
  CHECK_THROWS_AS(read_status(folder / "nowhere"), UserError);
}
