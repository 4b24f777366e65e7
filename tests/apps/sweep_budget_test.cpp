// A sweep with a larger budget than before.

#include <catch2/catch.hpp>

#include "sweep.hpp"

using Catch::Contains;
using process::operator+;

namespace {

namespace fs = std::filesystem;

constexpr const char* kTrpo =
    R"({"name": "trpo", "params": {"batch_steps": 400}, "policy": {"params": {"hidden": [8]}}})";
constexpr const char* kCem = R"({"name": "cem", "params": {"population": 4, "batch_steps": 1000}})";
constexpr const char* kTd3 = R"({"name": "td3", "params": {"steps_per_iteration": 100,
    "random_steps": 50, "warmup_steps": 100, "batch_size": 8, "critic_hidden": [8], "replay_capacity": 5000},
    "policy": {"params": {"hidden": [8]}}})";

std::string ppo(const std::string& schedule) {
  return R"({"name": "ppo", "params": {"n_envs": 2, "rollout_steps": 100, "epochs": 2,
      "value_hidden": [8], "step_size_schedule": ")" +
         schedule + R"("}, "policy": {"params": {"hidden": [8]}}})";
}

std::string all_methods() {
  return std::string(kTrpo) + ", " + kCem + ", " + kTd3 + ", " + ppo("constant");
}

std::string experiment(const std::string& budget, const std::string& algorithms,
                       const std::string& more = "") {
  return R"({"format": 1, "title": "budgets", "seeds": [1], "envs": ["gym/Pendulum-v1"],
      "budget": )" +
         budget + more + R"(, "algorithms": [)" + algorithms + "]}";
}

std::string iterations(int n) {
  return R"({"iterations": )" + std::to_string(n) + "}";
}

std::string steps(int n) {
  return R"({"steps": )" + std::to_string(n) + "}";
}

/// What a sweep says.
std::string swept(const process::Sweep& sweep, const std::vector<std::string>& more = {}) {
  std::vector<std::string> command = sweep.command(more);
  std::erase(command, "--quiet");
  const process::Result result = process::Child(command, sweep.scratch()).wait();
  INFO(result.err);
  REQUIRE(result.code == 0);
  return result.err;
}

std::string digest_at_once(const std::string& text) {
  const process::Sweep sweep(text);
  swept(sweep);
  return sweep.digest();
}

fs::path only_state(const process::Sweep& sweep) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(sweep.results() / "states"))
    files.push_back(entry.path());
  REQUIRE(files.size() == 1);
  return files[0];
}

std::string all_logs(const process::Sweep& sweep) {
  std::string text;
  for (const auto& entry : fs::directory_iterator(sweep.results() / "logs"))
    text += process::read_file(entry.path());
  return text;
}

}  // namespace

TEST_CASE("20 iterations and then 40 are the same bits as 40 at once", "[apps][sweep]") {
  const std::string evaluation = R"(, "evaluation": {"every": 700, "episodes": 2})";
  process::Sweep sweep(experiment(iterations(20), all_methods(), evaluation));
  swept(sweep);
  sweep.set_experiment(experiment(iterations(40), all_methods(), evaluation));
  CHECK_THAT(swept(sweep), Contains("4 trials go on where a shorter one ended"));
  CHECK(sweep.digest() == digest_at_once(experiment(iterations(40), all_methods(), evaluation)));
}

TEST_CASE(
    "a larger budget in steps goes on from before the first batch that the smaller one shortened",
    "[apps][sweep]") {
  process::Sweep sweep(experiment(steps(2950), all_methods()));
  swept(sweep);
  // By less than a batch, and by many.
  for (const int more : {3100, 7130}) {
    sweep.set_experiment(experiment(steps(more), all_methods()));
    CHECK_THAT(swept(sweep), Contains("4 trials go on where a shorter one ended"));
    CHECK(sweep.digest() == digest_at_once(experiment(steps(more), all_methods())));
  }
  // A smaller one does not, and neither do repetitions.
  sweep.set_experiment(experiment(steps(2000), all_methods()));
  CHECK_THAT(swept(sweep), !Contains("go on where"));
  sweep.set_experiment(experiment(steps(7130), all_methods()));
  CHECK_THAT(swept(sweep, {"--rerun=all"}), !Contains("go on where"));
}

TEST_CASE("a trial that was killed and went on leaves the state that longer ones need",
          "[apps][sweep]") {
  const std::string methods = all_methods();
  process::Sweep sweep(experiment(steps(2950), methods));
  for (int ms = 20; ms < 400; ms += 40) {
    process::Child child(sweep.command({"--checkpoint=0", "--jobs=2"}), sweep.scratch());
    process::sleep_ms(ms);
    if (child.running()) child.kill_group(SIGKILL);
    child.wait();
  }
  constexpr int kLocked = 5;  // the last workers die a moment later
  while (sweep.run().code == kLocked) process::sleep_ms(20);
  swept(sweep);
  sweep.set_experiment(experiment(steps(4000), methods));
  CHECK_THAT(swept(sweep), Contains("4 trials go on where a shorter one ended"));
  CHECK(sweep.digest() == digest_at_once(experiment(steps(4000), methods)));
}

TEST_CASE("a trial whose schedules follow the budget starts anew and says why", "[apps][sweep]") {
  process::Sweep sweep(experiment(iterations(3), ppo("linear")));
  swept(sweep);
  const std::string longer = experiment(iterations(6), ppo("linear"));
  sweep.set_experiment(longer);
  const std::string reason =
      "starts anew although there is a shorter one: schedules of ppo follow the budget";
  CHECK_THAT(process::run({"sweep", sweep.file().string(), "--results", sweep.results().string(),
                           "--dry-run"})
                 .out,
             Contains("starts anew: schedules of ppo follow the budget"));
  CHECK_THAT(swept(sweep), Contains("1 trial " + reason));
  CHECK(sweep.digest() == digest_at_once(longer));
}

TEST_CASE("a dry run counts what a shorter trial has done", "[apps][sweep]") {
  process::Sweep sweep(experiment(iterations(2), kTrpo));
  swept(sweep);
  sweep.set_experiment(experiment(iterations(8), kTrpo));
  const process::Result plan = process::run(
      {"sweep", sweep.file().string(), "--results", sweep.results().string(), "--dry-run"});
  CHECK_THAT(plan.out,
             Contains("(goes on from 2 iterations)") && Contains("about 2400 steps to go"));
}

TEST_CASE("a damaged state is noted, and the trial starts anew", "[apps][sweep]") {
  const std::string longer = experiment(iterations(6), kTrpo);
  process::Sweep sweep(experiment(iterations(3), kTrpo));
  swept(sweep);
  const fs::path state = only_state(sweep);
  std::string content = process::read_file(state);
  content[content.size() / 2] ^= 1;
  process::write(state, content);
  sweep.set_experiment(longer);
  swept(sweep);
  CHECK_THAT(all_logs(sweep), Contains("the state of the shorter trial is damaged or gone"));
  CHECK(sweep.digest() == digest_at_once(longer));
}

TEST_CASE("nobody goes on from a state of other code", "[apps][sweep]") {
  const std::string longer = experiment(iterations(6), kTrpo);
  process::Sweep sweep(experiment(iterations(3), kTrpo));
  swept(sweep);
  const fs::path state = only_state(sweep);
  // <course>.<unit>.<budget>.<code>.a
  std::string name = state.filename().string();
  char& digit = name[name.size() - 3];
  digit = digit == '0' ? '1' : '0';
  fs::rename(state, state.parent_path() / name);
  sweep.set_experiment(longer);
  CHECK_THAT(swept(sweep),
             Contains("1 trial starts anew although there is a shorter one: other code made it"));
  CHECK(sweep.digest() == digest_at_once(longer));
}

TEST_CASE("a large state is kept only if asked for", "[apps][sweep]") {
  const std::string heavy =
      R"({"name": "td3", "params": {"steps_per_iteration": 10, "random_steps": 5, "warmup_steps": 15,
          "batch_size": 2, "critic_hidden": [512, 512]}, "policy": {"params": {"hidden": [8]}}})";
  process::Sweep sweep(experiment(iterations(2), heavy));
  swept(sweep);
  CHECK(fs::file_size(only_state(sweep)) < 200);
  sweep.set_experiment(experiment(iterations(3), heavy));
  CHECK_THAT(
      swept(sweep, {"--keep-state"}),
      Contains("1 trial starts anew") && Contains("MiB was not kept; --keep-state keeps it"));
  CHECK(fs::file_size(only_state(sweep)) > (4 << 20));  // in place of the note
  sweep.set_experiment(experiment(iterations(4), heavy));
  CHECK_THAT(swept(sweep), Contains("1 trial goes on"));
  CHECK(sweep.digest() == digest_at_once(experiment(iterations(4), heavy)));
}
