#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "rlrun/error.hpp"
#include "rlrun/rng.hpp"

#include "bench/bench.hpp"
#include "experiment/experiment.hpp"
#include "run/executor.hpp"
#include "run/progress.hpp"
#include "run/signals.hpp"

namespace rlrun::bench {
namespace {

// A folder that is gone afterwards.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "rlrun-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw UserError("bench: cannot make a folder " + name, ExitCode::kResources);
    path = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path path;
};

TrialRecord typical_record() {
  TrialRecord record;
  record.id = "0123456789abcdef";
  record.label = "trpo/hopper/seed=1";
  record.config = json::Object{};
  record.provenance = json::Object{};
  Rng rng(1);
  for (int i = 0; i < 500; ++i) {
    record.curves.steps.push_back(50000 * (i + 1));
    for (auto* column :
         {&record.curves.episodes, &record.curves.terminated, &record.curves.unstable})
      column->push_back(100);
    for (auto* column :
         {&record.curves.mean_return, &record.curves.std_return, &record.curves.min_return,
          &record.curves.max_return, &record.curves.mean_length})
      column->push_back(rng.normal());
  }
  for (int i = 0; i < 50000; ++i) {
    record.episodes.returns.push_back(rng.normal());
    record.episodes.lengths.push_back(500);
    record.episodes.endings.push_back(0);
  }
  record.policy_params = VectorF::Ones(7000);
  return record;
}

// The least that a safe commit can cost: the same bytes to a file and to the disk.
void write_and_sync(const std::filesystem::path& path, std::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
      fsync(file) != 0)
    throw UserError("bench: cannot write " + path.string(), ExitCode::kResources);
  close(file);
}

}  // namespace

void storing(const Options& options, const Report& report) {
  const Scratch scratch;
  const TrialRecord record = typical_record();
  const std::string bytes = encode_trial(record);
  const auto [commit, limit] = in_turns(
      options.rounds, [&] { write_trial(scratch.path / "trial.h5", record); },
      [&] { write_and_sync(scratch.path / "raw", bytes); });
  report({.part = "store",
          .name = fmt::format("commit of a trial with 500 iterations and 50,000 episodes, {} KiB",
                              bytes.size() / 1024),
          .value = 1e3 * commit,
          .limit = 1e3 * limit,
          .unit = "ms",
          .limit_name = "write and fsync of the same bytes",
          .ratio = limit / commit});
  constexpr int kEvents = 2000;
  Journal journal(scratch.path / "journal");
  JournalEvent event;
  event.trial = record.id;
  const int raw = open((scratch.path / "raw2").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  const std::string payload(64, 'x');
  const auto [append, plain] = in_turns(
      options.rounds,
      [&] {
        for (int i = 0; i < kEvents; ++i) journal.append(event, false);
      },
      [&] {
        for (int i = 0; i < kEvents; ++i)
          if (write(raw, payload.data(), payload.size()) < 0) return;
      });
  close(raw);
  report({.part = "store",
          .name = "journal, one event",
          .value = 1e6 * append / kEvents,
          .limit = 1e6 * plain / kEvents,
          .unit = "us",
          .limit_name = "write of 64 bytes",
          .ratio = plain / append});
}

void trials(const Options& options, Catalog& catalog, const Report& report) {
  // The smallest trial there is: one episode of an untrained task, committed like any other.
  constexpr int kTrials = 100, kPlanned = 10000;
  const auto info = [&](Kind kind, const std::string& name) -> const EntryInfo& {
    return catalog.info(kind, name);
  };
  const auto experiment = [](int seeds) {
    return fmt::format(R"({{"format": 1, "title": "bench", "seeds": {{"count": {}, "base": 1}},
      "budget": {{"iterations": 1}}, "envs": ["cartpole_balancing"],
      "algorithms": [{{"name": "random", "params": {{"batch_steps": 1}}}}]}})",
                       seeds);
  };
  std::vector<double> times, bare;
  const Experiment small = parse_experiment(experiment(kTrials), "bench", {}, info);
  for (int round = 0; round < std::max(3, options.rounds / 2); ++round) {
    const Scratch scratch;
    const Store store(scratch.path);
    store.create();
    ProgressDisplay quiet(true);
    SweepOptions sweep;
    sweep.jobs = 1;
    sweep.threads = 1;
    const SignalGuard signals;
    times.push_back(
        seconds_of([&] { run_sweep(small.trials, catalog, store, sweep, signals, quiet); }) /
        kTrials);
    const std::string bytes(20000, 'x');
    bare.push_back(seconds_of([&] {
                     for (int i = 0; i < kTrials; ++i)
                       write_and_sync(scratch.path / ("raw" + std::to_string(i)), bytes);
                   }) /
                   kTrials);
  }
  report({.part = "trial",
          .name = "a trial of one episode, one job",
          .value = 1e3 * median(times),
          .limit = 1e3 * median(bare),
          .unit = "ms",
          .limit_name = "write and fsync of one file",
          .ratio = median(bare) / median(times)});

  std::vector<double> planning;
  const std::string many = experiment(kPlanned);
  for (int round = 0; round < 3; ++round)
    planning.push_back(seconds_of([&] {
      const Experiment planned = parse_experiment(many, "bench", {}, info);
      if (planned.trials.size() != kPlanned) throw UserError("bench: wrong number of trials");
    }));
  report({.part = "trial",
          .name = "planning 10,000 trials",
          .value = median(planning),
          .limit = 1,
          .unit = "s",
          .limit_name = "one second",
          .ratio = 1 / median(planning)});
}

}  // namespace rlrun::bench
