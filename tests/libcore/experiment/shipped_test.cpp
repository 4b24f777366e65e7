// The shipped experiments name what the plugins of this build declare.

#include <cstdlib>
#include <filesystem>
#include <set>

#include <catch2/catch.hpp>

#include "experiment/experiment.hpp"
#include "plugin/catalog.hpp"

using namespace rlrun;

namespace {

Catalog& catalog() {
  static Catalog built({std::filesystem::path(std::getenv("RLRUN_BUILD")) / "lib/rlrun/plugins"});
  return built;
}

Experiment load(const std::string& name, const std::vector<std::string>& overrides = {}) {
  const std::filesystem::path folder =
      std::filesystem::path(std::getenv("RLRUN_SOURCE")) / "experiments";
  return load_experiment((folder / name).string(), overrides,
                         [](Kind kind, const std::string& entry) -> const EntryInfo& {
                           return catalog().info(kind, entry);
                         });
}

// The distinct values of a parameter of an algorithm on a task.
std::set<double> values(const Experiment& experiment, const std::string& algorithm,
                        const std::string& env, const std::string& parameter) {
  std::set<double> all;
  for (const Trial& trial : experiment.trials)
    if (trial.algorithm.name == algorithm && trial.env.name == env)
      all.insert(*trial.algorithm.params.find(parameter)->if_double());
  return all;
}

}  // namespace

TEST_CASE("every shipped experiment is valid", "[experiment]") {
  const std::filesystem::path folder =
      std::filesystem::path(std::getenv("RLRUN_SOURCE")) / "experiments";
  int n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".json" || name == "experiment.schema.json" ||
        name == "duan_table1.json" || name.starts_with("published_"))
      continue;
    INFO(name);
    CHECK_NOTHROW(load(name));
    ++n;
  }
  CHECK(n >= 6);
}

TEST_CASE("smoke.json has every algorithm", "[experiment]") {
  std::set<std::string> algorithms;
  for (const Trial& trial : load("smoke.json").trials) algorithms.insert(trial.algorithm.name);
  CHECK(algorithms == std::set<std::string>{"random", "cem", "reinforce", "trpo", "vpg",
                                            "actor_critic", "a2c", "ppo", "ppo_kl", "ppo_cma",
                                            "ddpg", "td3", "sac"});
}

TEST_CASE("Duan's protocol is written down as published", "[experiment]") {
  const Experiment basic = load("duan_basic.json"), locomotion = load("duan_locomotion.json");
  for (const Experiment* experiment : {&basic, &locomotion})
    for (const Trial& trial : experiment->trials) {
      CHECK(trial.budget.iterations == 500);
      CHECK(*trial.algorithm.params.find("batch_steps") == json::Value(50000));
      CHECK(*trial.env.params.find("horizon") == json::Value(500));
      if (trial.algorithm.name == "random") continue;
      CHECK(*trial.algorithm.params.find("discount") == json::Value(0.99));
      CHECK(*trial.policy.params.find("hidden") == json::parse("[100, 50, 25]", ""));
    }
  // Tasks of the search have one setting, the others the two that won.
  CHECK(values(basic, "trpo", "cartpole_swingup", "max_kl") == std::set<double>{0.05});
  CHECK(values(basic, "trpo", "double_inverted_pendulum", "max_kl") == std::set<double>{0.001});
  CHECK(values(basic, "trpo", "mountain_car", "max_kl") == std::set<double>{0.05, 0.001});
  CHECK(values(basic, "cem", "acrobot", "extra_std") == std::set<double>{0.01, 0.1});
  CHECK(values(basic, "cem", "cartpole_swingup", "extra_std") == std::set<double>{0.01});
  CHECK(values(basic, "reinforce", "acrobot", "step_size") == std::set<double>{0.005});
  CHECK(values(locomotion, "trpo", "swimmer", "max_kl") == std::set<double>{0.05});
  CHECK(values(locomotion, "trpo", "hopper", "max_kl") == std::set<double>{0.05, 0.08});
  CHECK(values(locomotion, "reinforce", "swimmer", "step_size") == std::set<double>{0.01});
  CHECK(values(locomotion, "reinforce", "walker2d", "step_size") == std::set<double>{0.01, 0.005});
  CHECK(values(locomotion, "cem", "half_cheetah", "extra_std") == std::set<double>{0.1});
}

TEST_CASE("what the README says about overrides works", "[experiment]") {
  CHECK(load("mujoco.json", {"seeds.count=5", "envs=[\"hopper\"]"}).trials.back().seed == 4);
  const Experiment changed =
      load("mujoco.json", {"algorithms.trpo.params.max_kl=0.02", "budget.iterations=50"});
  CHECK(values(changed, "trpo", "walker2d", "max_kl") == std::set<double>{0.02});
  CHECK(load("mujoco.json", {"algorithms.trpo.grid.policy.hidden=[[32],[64,64]]"})
            .trials.back()
            .setting == "policy.hidden=[64,64]");
  CHECK(load("mujoco.json", {"budget.steps=10e6", "seeds.count=5"}).trials.size() >= 20);
  CHECK(load("duan_ddpg.json", {"budget.iterations=20", "envs=[\"half_cheetah\"]"}).trials.size() ==
        5);
}
