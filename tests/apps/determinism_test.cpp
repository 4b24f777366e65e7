// A number is a function of the experiment file and the seed: not of threads, jobs, order, or
// crashes.

#include <map>

#include <catch2/catch.hpp>

#include "rlrun/rng.hpp"

#include "store/store.hpp"
#include "sweep.hpp"

using rlrun::Store;

namespace {

// Every sampler verb and evaluations, in twenty-eight short trials.
constexpr const char* kExperiment = R"({
  "format": 1, "title": "determinism", "seeds": [1, 2],
  "evaluation": {"every": 400, "episodes": 6},
  "envs": ["cartpole_balancing", {"name": "acrobot", "params": {"horizon": 50}}],
  "budget": {"iterations": 8},
  "algorithms": [
    {"name": "random", "params": {"batch_steps": 600}},
    {"name": "cem", "params": {"population": 20, "batch_steps": 600}},
    {"name": "trpo", "params": {"batch_steps": 600}},
    {"name": "ppo", "params": {"n_envs": 7, "rollout_steps": 60, "minibatch_size": 100, "epochs": 2}},
    {"name": "ppo_cma", "params": {"batch_steps": 500, "history": 3, "minibatches": 5,
     "minibatch_size": 150, "value_hidden": [16]}, "policy": {"params": {"hidden": [16]}}},
    {"name": "ddpg", "params": {"steps_per_iteration": 60, "warmup_steps": 200},
     "policy": {"name": "deterministic_mlp", "params": {"hidden": [16, 16]}}},
    {"name": "sac", "params": {"steps_per_iteration": 60, "random_steps": 100,
     "warmup_steps": 200, "batch_size": 80, "critic_hidden": [16, 16]},
     "policy": {"params": {"hidden": [16, 16]}}}
  ]
})";

struct Sweep : process::Sweep {
  Sweep() : process::Sweep(kExperiment) {}
};

std::string reference_digest() {
  static const std::string digest = [] {
    const Sweep sweep;
    const process::Result result = sweep.run({"--jobs", "2", "--threads", "1"});
    INFO(result.err);
    REQUIRE(result.code == 0);
    return sweep.digest();
  }();
  return digest;
}

}  // namespace

TEST_CASE("threads, jobs and the order of trials change no bit", "[determinism]") {
  REQUIRE(reference_digest().starts_with("sha256:"));
  const std::vector<std::vector<std::string>> ways = {{"--jobs", "1", "--threads", "2"},
                                                      {"--jobs", "2", "--threads", "3"},
                                                      {"--jobs", "1", "--threads", "8"},
                                                      {"--jobs", "2", "--shuffle", "5"}};
  for (const std::vector<std::string>& way : ways) {
    const Sweep sweep;
    const process::Result result = sweep.run(way);
    INFO(result.err);
    REQUIRE(result.code == 0);
    CHECK(sweep.digest() == reference_digest());
  }
}

TEST_CASE("evaluations change nothing of the training", "[determinism]") {
  const auto sweep_all = [](const std::vector<std::string>& more) {
    const Sweep sweep;
    const process::Result result = sweep.run(more);
    INFO(result.err);
    REQUIRE(result.code == 0);
    std::map<std::string, rlrun::TrialRecord> records;
    for (const std::string& id : Store(sweep.results()).committed()) {
      rlrun::TrialRecord record = rlrun::read_trial(Store(sweep.results()).trial_path(id));
      const std::string label = record.label;
      records.emplace(label, std::move(record));
    }
    return records;
  };
  const auto with = sweep_all({}), without = sweep_all({"--set", "evaluation.every=0"});
  REQUIRE(with.size() == 28);
  for (const auto& [label, record] : with) {
    INFO(label);
    const rlrun::TrialRecord& alone = without.at(label);
    CHECK(alone.evaluations.size() == 0);
    CHECK(record.curves.steps == alone.curves.steps);
    CHECK(record.episodes.returns == alone.episodes.returns);
    CHECK(record.policy_params == alone.policy_params);

    // At the first iteration at or after each multiple of 400 steps and at the end, six episodes.
    std::vector<std::int64_t> due;
    std::int64_t before = 0;
    for (const std::int64_t steps : record.curves.steps) {
      if (steps / 400 > before / 400) due.insert(due.end(), 6, steps);
      before = steps;
    }
    if (due.empty() || due.back() != before) due.insert(due.end(), 6, before);
    CHECK(record.evaluations.steps == due);
    const rlrun::EvaluationCurve curve = rlrun::evaluation_curve(record.evaluations);
    CHECK(record.best_policy.value().mean_return ==
          *std::max_element(curve.mean_return.begin(), curve.mean_return.end()));
    CHECK(due.size() >= 6);
  }
}

TEST_CASE("a sweep that is killed fifty times ends with the same bits", "[determinism]") {
  rlrun::Rng rng(2024);
  int kills = 0;
  while (kills < 50) {
    const Sweep sweep;
    for (;;) {
      process::Child child(sweep.command({"--checkpoint", "0"}), sweep.scratch());
      // Long enough for some progress on average, short enough to hit every phase of a trial.
      const auto life = static_cast<int>(rng.uniform(5, 300));
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
  REQUIRE(sweep.run().code == 0);
  const auto before = std::filesystem::last_write_time(sweep.results() / "results.h5");
  const std::string digest = sweep.digest();
  CHECK(sweep.run().code == 0);
  CHECK(sweep.digest() == digest);
  CHECK(digest == reference_digest());
  CHECK(std::filesystem::last_write_time(sweep.results() / "results.h5") == before);
}

TEST_CASE("a signal saves the state and says so", "[determinism]") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Sweep sweep;
    process::Child child(sweep.command({"--jobs", "1"}), sweep.scratch());
    while (Store(sweep.results()).committed().empty() && child.running()) process::sleep_ms(2);
    kill(child.pid(), signal);
    const process::Result result = child.wait();
    INFO(result.err);
    CHECK(result.code == 6);
    CHECK(result.err.find("the same command goes on") != std::string::npos);
    REQUIRE(sweep.run().code == 0);
    CHECK(sweep.digest() == reference_digest());
  }
}
