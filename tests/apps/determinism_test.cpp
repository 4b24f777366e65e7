// A number is a function of the experiment file and the seed: not of threads, jobs, order, or
// crashes.

#include <catch2/catch.hpp>

#include "rlrun/rng.hpp"

#include "process.hpp"

using process::run;

namespace {

// Every sampler verb in trials of about a second; checkpoints as often as iterations allow.
constexpr const char* kExperiment = R"({
  "format": 1, "title": "determinism", "seeds": [1, 2],
  "envs": ["cartpole_balancing", {"name": "acrobot", "params": {"horizon": 50}}],
  "budget": {"iterations": 12},
  "algorithms": [
    {"name": "random", "params": {"batch_steps": 2000}},
    {"name": "cem", "params": {"population": 30, "batch_steps": 2000}},
    {"name": "trpo", "params": {"batch_steps": 2000}},
    {"name": "ddpg", "params": {"steps_per_iteration": 100, "warmup_steps": 300},
     "policy": {"name": "deterministic_mlp", "params": {"hidden": [16, 16]}}}
  ]
})";

struct Sweep {
  Sweep() { process::write(folder.path / "experiment.json", kExperiment); }
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {"sweep", (folder.path / "experiment.json").string(),
                                    "--results", results().string(), "--quiet"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] std::filesystem::path results() const { return folder.path / "results"; }
  [[nodiscard]] std::string digest() const {
    const process::Result result = run({"digest", results().string()});
    CHECK(result.code == 0);
    return result.out;
  }
  process::Scratch folder;
};

std::string reference_digest() {
  static const std::string digest = [] {
    const Sweep sweep;
    const process::Result result = run(sweep.command({"--jobs", "2", "--threads", "1"}));
    INFO(result.err);
    REQUIRE(result.code == 0);
    return sweep.digest();
  }();
  return digest;
}

}  // namespace

TEST_CASE("threads, jobs and order change no bit", "[determinism]") {
  REQUIRE(reference_digest().starts_with("sha256:"));
  const std::vector<std::vector<std::string>> ways = {{"--jobs", "1", "--threads", "2"},
                                                      {"--jobs", "2", "--threads", "3"},
                                                      {"--jobs", "1", "--threads", "8"},
                                                      {"--jobs", "2", "--shuffle", "5"}};
  for (const std::vector<std::string>& way : ways) {
    const Sweep sweep;
    const process::Result result = run(sweep.command(way));
    INFO(result.err);
    REQUIRE(result.code == 0);
    CHECK(sweep.digest() == reference_digest());
  }
}

TEST_CASE("a sweep that is killed fifty times ends with the same bits", "[determinism]") {
  rlrun::Rng rng(2024);
  int kills = 0;
  while (kills < 50) {
    const Sweep sweep;
    for (;;) {
      std::vector<std::string> command = sweep.command({"--checkpoint", "0"});
      command.insert(command.begin(), process::rlrun());
      process::Child child(command, sweep.folder.path);
      // Long enough for some progress on average, short enough to hit every phase of a trial.
      const auto life = static_cast<int>(rng.uniform(5, 400));
      for (int waited = 0; waited < life && child.running(); waited += 5) process::sleep_ms(5);
      if (!child.running()) {
        const process::Result result = child.wait();
        INFO(result.err);
        REQUIRE(result.code == 0);
        break;
      }
      child.kill_group(SIGKILL);
      child.wait();
      ++kills;
    }
    CHECK(sweep.digest() == reference_digest());
  }
}

TEST_CASE("a finished sweep does nothing again", "[determinism]") {
  const Sweep sweep;
  REQUIRE(run(sweep.command()).code == 0);
  const auto before = std::filesystem::last_write_time(sweep.results() / "results.h5");
  const std::string digest = sweep.digest();
  const process::Result again = run(sweep.command());
  CHECK(again.code == 0);
  CHECK(sweep.digest() == digest);
  CHECK(digest == reference_digest());
  CHECK(std::filesystem::last_write_time(sweep.results() / "results.h5") >= before);
}

TEST_CASE("a signal saves the state and says so", "[determinism]") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Sweep sweep;
    std::vector<std::string> command = sweep.command();
    command.insert(command.begin(), process::rlrun());
    process::Child child(command, sweep.folder.path);
    process::sleep_ms(600);
    kill(child.pid(), signal);
    const process::Result result = child.wait();
    INFO(result.err);
    CHECK(result.code == 6);
    CHECK(result.err.find("the same command goes on") != std::string::npos);
    REQUIRE(run(sweep.command()).code == 0);
    CHECK(sweep.digest() == reference_digest());
  }
}
