// A sweep reduced to its storage: computes trials that take several checkpoints each, commits them,
// names each on stdout once it is safe, merges, and prints the digest. What it finds finished or
// half done it goes on from. Run by fault_test.cpp.

#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "example_trials.hpp"
#include "store/store.hpp"

namespace rlrun::testing {
namespace {

constexpr int kIterations = 3;

void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    ::_exit(70);
}

TrialRecord compute(const Trial& trial, CheckpointFile& checkpoint) {
  TrialRecord record = example_record(trial.seed, 0, 50);
  Rng rng(trial.seed);
  const auto state = [&](Archive& archive) {
    record.curves.state(archive);
    archive("rng", rng);
  };
  checkpoint.read(state);
  while (record.curves.size() < kIterations) {
    Curves& curves = record.curves;
    curves.steps.push_back(static_cast<std::int64_t>(curves.size() + 1));
    for (auto* column : {&curves.episodes, &curves.terminated, &curves.unstable})
      column->push_back(rng.below(100));
    for (auto* column : {&curves.mean_return, &curves.std_return, &curves.min_return,
                         &curves.max_return, &curves.mean_length})
      column->push_back(rng.normal());
    checkpoint.write(state);
  }
  return record;
}

void run(const std::filesystem::path& folder, std::uint64_t count) {
  const Store store(folder);
  store.create();
  const StoreLock lock(folder);
  store.remove_leftovers();
  std::vector<json::Value> configs;
  for (std::uint64_t seed = 0; seed < count; ++seed)
    configs.push_back(example_trial(seed).config());
  store.write_plan(json::Object{{"title", "Faults"}}, configs);
  Journal journal(folder / "journal");
  const std::vector<std::string> committed = store.committed();
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    const Trial trial = example_trial(seed);
    JournalEvent event;
    event.trial = trial.id();
    CheckpointFile checkpoint(folder / "checkpoints", trial.id(), trial.id());
    if (!std::binary_search(committed.begin(), committed.end(), trial.id())) {
      journal.append(event, false);
      write_trial(store.trial_path(trial.id()), compute(trial, checkpoint));
      say(trial.id());
      event.type = JournalEvent::Type::kFinished;
      journal.append(event, true);
    }
    checkpoint.remove();
  }
  if (!store.merge().problems.empty()) throw UserError("damaged trial files", ExitCode::kStore);
  say(results_digest(folder));
}

}  // namespace
}  // namespace rlrun::testing

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    rlrun::testing::run(argv[1], std::strtoull(argv[2], nullptr, 10));
    return 0;
  } catch (const rlrun::UserError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
}
