// One program, one answer: the same bits on processors of two makers, emulated, as natively on any
// number of threads. The emulator knows no AVX-512, so a machine that has it compares those loops
// with the others as well.

#include <catch2/catch.hpp>

#include "sweep.hpp"

namespace {

// Long enough for what a difference in one low bit would grow to.
constexpr const char* kHopper = R"({
  "format": 1, "title": "processors", "seeds": [1], "budget": {"iterations": 20},
  "evaluation": {"every": 500, "episodes": 1},
  "envs": [{"name": "hopper", "params": {"horizon": 60}}],
  "algorithms": [
    {"name": "cem", "params": {"population": 10, "batch_steps": 0},
     "policy": {"params": {"hidden": [16]}}},
    {"name": "trpo", "params": {"batch_steps": 100}, "policy": {"params": {"hidden": [16, 8]}}},
    {"name": "ppo", "params": {"n_envs": 2, "rollout_steps": 64, "minibatch_size": 32, "epochs": 2,
     "value_hidden": [24, 16]},
     "policy": {"params": {"hidden": [24, 16], "normalize_observations": true}}},
    {"name": "sac", "params": {"steps_per_iteration": 30, "random_steps": 60, "warmup_steps": 60,
     "batch_size": 16, "critic_hidden": [24, 16]}, "policy": {"params": {"hidden": [24, 16]}}}
  ]
})";

struct Experiment {
  std::string name, text;
};
std::vector<Experiment> experiments() {
  return {{"smoke.json", process::read_file(process::source() + "/experiments/smoke.json")},
          {"hopper", kHopper}};
}

std::string digest(const Experiment& experiment, const std::vector<std::string>& emulator,
                   const std::vector<std::string>& more) {
  INFO(experiment.name);
  const process::Sweep sweep(experiment.text);
  const process::Result result =
      process::Child(process::operator+(emulator, sweep.command(more)), sweep.scratch()).wait();
  INFO(result.err);
  REQUIRE(result.code == 0);
  return sweep.digest();
}

bool has_emulator() {
  if (process::run_command({"qemu-x86_64", "--version"}).code == 0) return true;
  WARN("SKIPPED: there is no qemu-x86_64; apt-get install qemu-user");
  return false;
}

}  // namespace

TEST_CASE("no number of threads changes a bit") {
  for (const Experiment& experiment : experiments()) {
    const std::string one = digest(experiment, {}, {"--threads", "1"});
    for (const std::string threads : {"2", "3", "8"}) {
      INFO(threads << " threads");
      CHECK(digest(experiment, {}, {"--threads", threads}) == one);
    }
  }
}

TEST_CASE("processors of two makers give the same bits", "[.emulated]") {
  if (!has_emulator()) return;
  for (const Experiment& experiment : experiments()) {
    const std::string native = digest(experiment, {}, {});
    for (const std::string processor : {"Haswell,+avx2,+fma", "EPYC,+avx2,+fma"}) {
      INFO(processor);
      CHECK(digest(experiment, {"qemu-x86_64", "-cpu", processor}, {"--timeout", "0"}) == native);
    }
  }
}
