// Tasks inside wrappers, from the experiment file to the table.

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "store/store.hpp"
#include "sweep.hpp"

using rlrun::Store;

namespace {

constexpr const char* kExperiment = R"({
  "format": 1, "title": "wrappers", "seeds": [1, 2], "budget": {"iterations": 8},
  "envs": [
    "cartpole_balancing",
    {"name": "cartpole_balancing", "with": ["limited_sensors"]},
    {"name": "cartpole_balancing",
     "with": [{"name": "noise_and_delay", "params": {"delay": 2}}, "last_step"],
     "grid": {"with.noise_and_delay.std": [0, 0.1]}},
    {"name": "acrobot", "label": "unknown acrobot", "params": {"horizon": 50},
     "with": ["system_identification", "sticky_actions", "frame_stack"]}
  ],
  "algorithms": [
    {"name": "trpo", "params": {"batch_steps": 600}},
    {"name": "ppo", "params": {"n_envs": 7, "rollout_steps": 60, "minibatch_size": 100, "epochs": 2}}
  ]
})";

}  // namespace

TEST_CASE("a sweep of wrapped tasks that is killed ends with the same bits", "[wrappers]") {
  const process::Sweep reference(kExperiment), killed(kExperiment);
  const process::Result result = reference.run({"--jobs", "2", "--threads", "1"});
  INFO(result.err);
  REQUIRE(result.code == 0);

  for (int life = 100;; life += 50) {
    process::Child child(killed.command({"--checkpoint", "0", "--threads", "2"}), killed.scratch());
    for (int waited = 0; waited < life && child.running(); waited += 5) process::sleep_ms(5);
    if (!child.running()) {
      REQUIRE(child.wait().code == 0);
      break;
    }
    child.kill_group(SIGKILL);
    child.wait();
  }
  CHECK(killed.digest() == reference.digest());

  const process::Result table =
      process::run({"table", reference.results().string(), "--format", "json"});
  REQUIRE(table.code == 0);
  const auto answer = rlrun::json::parse(table.out, "table");
  std::vector<std::string> rows;
  for (const auto& cell : *answer.find("cells")->if_array()) {
    const std::string env = *cell.find("env")->if_string();
    if (rows.empty() || rows.back() != env) rows.push_back(env);
    CHECK(*cell.find("n") == rlrun::json::Value(2));
  }
  rows.resize(5);
  CHECK(rows == std::vector<std::string>{
                    "cartpole_balancing", "cartpole_balancing+limited_sensors",
                    "cartpole_balancing+noise_and_delay+last_step with.noise_and_delay.std=0",
                    "cartpole_balancing+noise_and_delay+last_step with.noise_and_delay.std=0.1",
                    "unknown acrobot"});

  // What was stored is enough to play on.
  const process::Result eval = process::run(
      {"eval", reference.results().string(), "--trial", "unknown acrobot", "--episodes", "2"});
  INFO(eval.err);
  CHECK(eval.code == 0);
  CHECK(eval.out.find("unknown acrobot") != std::string::npos);
}

TEST_CASE("a wrapper refuses a task that it does not fit before anything runs", "[wrappers]") {
  const auto refused = [](const std::string& envs) {
    const process::Sweep sweep(
        R"({"format": 1, "seeds": [1], "budget": {"iterations": 1}, "envs": [)" + envs +
        R"(], "algorithms": [{"name": "random", "params": {"batch_steps": 100}}]})");
    const process::Result result = sweep.run();
    CHECK(result.code == 3);
    CHECK(!std::filesystem::exists(sweep.results() / "trials"));
    return result.err;
  };
  CHECK(refused(R"({"name": "acrobot", "params": {"horizon": 3}, "with": ["frame_stack"]})")
            .find("random on acrobot+frame_stack: frame_stack: depth = 4 is more than an episode "
                  "has steps (3)") != std::string::npos);
  CHECK(refused(R"({"name": "acrobot", "with": ["last_step", "system_identification"]})")
            .find("as the first wrapper; this one cannot") != std::string::npos);
}

TEST_CASE("commands take wrappers by --with", "[wrappers]") {
  const process::Result facts =
      process::run({"describe", "acrobot", "--with", "limited_sensors", "--with", "frame_stack",
                    "--set", "with.frame_stack.depth=3", "--json"});
  INFO(facts.err);
  REQUIRE(facts.code == 0);
  CHECK(*rlrun::json::parse(facts.out, "facts").find("facts")->find("observation")->find("size") ==
        rlrun::json::Value(12));
  CHECK(process::run({"describe", "acrobot"}).out.find("link_length in [0.5, 1.5]") !=
        std::string::npos);

  const process::Result check = process::run(
      {"check", "acrobot", "--with", "system_identification", "--with", "noise_and_delay"});
  CHECK(check.out == "env acrobot: ok\n");
  CHECK(process::run({"check", "last_step"}).out == "wrapper last_step: ok\n");
  CHECK(process::run({"check", "limited_sensors"})
            .out.find("rlrun check TASK --with limited_sensors") != std::string::npos);

  const process::Scratch scratch;
  const std::string results = (scratch.path / "results").string();
  const process::Result run =
      process::run({"run", "random", "cartpole_balancing", "--iterations", "1", "--set",
                    "batch_steps=100", "--with", "reward_scale", "--set",
                    "with.reward_scale.scale=-1", "--results", results, "--json", "--quiet"});
  INFO(run.err);
  REQUIRE(run.code == 0);
  CHECK(run.out.find("\"random/cartpole_balancing+reward_scale/") != std::string::npos);

  const process::Result unknown = process::run(
      {"run", "random", "acrobot", "--iterations", "1", "--set", "with.last_step.reward=true"});
  CHECK(unknown.code == 2);
  CHECK(unknown.err.find("give --with last_step") != std::string::npos);
  CHECK(process::run({"describe", "trpo", "--with", "last_step"}).code == 2);
}
