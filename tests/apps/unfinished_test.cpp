// What trials that failed, or were stopped, leave for plots and tables.

#include <chrono>
#include <string>

#include <catch2/catch.hpp>

#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;

namespace {

const std::vector<std::string> kOptions =
    std::vector<std::string>{"--jobs", "2", "--threads", "1", "--checkpoint", "0"} +
    process::zoo({"well_behaved", "misbehaving_algorithms"});

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a failed trial keeps the curves of the iterations before", "[sweep]") {
  const process::Sweep sweep(R"({"format": 1, "title": "failures", "seeds": [1], "envs": ["tiny"],
    "budget": {"iterations": 9}, "evaluation": {"every": 100, "episodes": 2}, "algorithms": [
    {"name": "tiny_search"}, {"name": "throws_in_iterate"}, {"name": "nan_parameters"},
    {"name": "segfaults_in_iterate"}]})");
  const process::Result ran = sweep.run(kOptions);
  INFO(ran.err);
  REQUIRE(ran.code == 1);
  const Results results = read_results(sweep.results());
  REQUIRE(results.trials.size() == 4);
  const TrialRecord& whole = results.trials.front();
  for (std::size_t i = 1; i < results.trials.size(); ++i) {
    const TrialRecord& record = results.trials[i];
    INFO(record.label);
    CHECK(record.status == TrialStatus::kFailed);
    // They misbehave in iteration 2; parameters are looked at when an iteration is over.
    const std::size_t n = i == 2 ? 3 : 2;
    REQUIRE(record.curves.size() == n);
    CHECK(std::equal(record.curves.mean_return.begin(), record.curves.mean_return.end(),
                     whole.curves.mean_return.begin()));
    CHECK(record.curves.metrics.at("best").size() == n);
    CHECK(record.evaluations.size() == 4);
  }
  CHECK(results.unfinished.empty());
  for (const auto& entry : std::filesystem::directory_iterator(sweep.results() / "checkpoints"))
    CHECK_FALSE(has(entry.path().filename(), ".failed"));

  const process::Result plot = process::run({"plot", sweep.results().string(), "--json"});
  INFO(plot.err);
  CHECK(plot.code == 0);
  CHECK(has(plot.out, "\"status\": \"failed\""));
  CHECK(has(process::read_file(sweep.results() / "curves.dat"),
            "# throws_in_iterate on tiny, seeds: 1 (failed)"));
}

TEST_CASE("a trial that was stopped, or still runs, shows its curve so far", "[sweep]") {
  const process::Sweep sweep(process::tiny_experiment(2, 100'000'000));
  process::Child runner(sweep.command(kOptions), sweep.scratch());
  const auto start = std::chrono::steady_clock::now();
  const auto unfinished = [&]() -> std::size_t {
    if (!std::filesystem::exists(sweep.results() / "experiment.json")) return 0;
    const Results results = read_results(sweep.results());
    for (const UnfinishedTrial& trial : results.unfinished) {
      CHECK(trial.record.curves.size() > 0);
      CHECK(trial.record.curves.metrics.at("best").size() == trial.record.curves.size());
      CHECK((trial.progress > 0 && trial.progress < 0.5));
    }
    return results.unfinished.size();
  };
  while (unfinished() < 2 && std::chrono::steady_clock::now() - start < std::chrono::seconds(60))
    process::sleep_ms(20);
  CHECK(unfinished() == 2);
  const std::string folder = sweep.results().string();
  CHECK(has(process::run({"table", folder}).out, "2 of 2 seeds unfinished, at 0 %"));
  CHECK(process::run({"plot", folder, "--curve", "best"}).code == 0);
  CHECK(has(process::read_file(sweep.results() / "curves.dat"),
            "# tiny_search on tiny, seeds: 2 (unfinished)"));
  runner.kill_group(SIGKILL);
  runner.wait();
  CHECK(unfinished() == 2);
}
