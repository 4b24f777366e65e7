// Gymnasium's MuJoCo tasks: the contract, golden episodes, and Gymnasium's own episodes.

#include <catch2/catch.hpp>
#include <mujoco/mujoco.h>

#include "rlrun/error.hpp"

#include "contracts/env_contract.hpp"
#include "contracts/golden.hpp"
#include "gymnasium_data.hpp"

using namespace gymnasium_data;

namespace {

constexpr int kEngineOfTheData = 337;

}  // namespace

// A test of its own to CTest, which calls it skipped where these words are printed.
TEST_CASE("MuJoCo tasks play Gymnasium's episodes", "[.episodes]") {
  if (mj_version() != kEngineOfTheData) {
    WARN("SKIPPED: the episodes were made with MuJoCo 3.3.7, this is " << mj_versionString());
    return;
  }
  for (const auto& [name, entry] : plugin().envs) check_episodes(name, kMujocoTolerance);
}

TEST_CASE("MuJoCo tasks have Gymnasium's time limits and actions", "[gym]") {
  for (const auto& [name, entry] : plugin().envs) check_facts(name);
}

TEST_CASE("MuJoCo tasks start where Gymnasium's start", "[gym]") {
  for (const auto& [name, entry] : plugin().envs) check_resets(name);
}

TEST_CASE("Gymnasium's MuJoCo tasks keep the environment contract", "[env][gym]") {
  for (const auto& [name, entry] : plugin().envs) {
    INFO(name);
    contracts::check_env(factory(name), 150);
  }
  contracts::check_env(factory("gym/Hopper-v5", R"({"clip_actions": true})"), 150);
}

TEST_CASE("clipped actions cost what is applied", "[gym]") {
  const auto raw = factory("gym/HalfCheetah-v4")();
  const auto clipped = factory("gym/HalfCheetah-v4", R"({"clip_actions": true})")();
  VectorF seen(17), also_seen(17);
  raw->reset(Rng(1), seen);
  clipped->reset(Rng(1), also_seen);
  Rng rng(2);
  double difference = 0, expected = 0;
  for (int t = 0; t < 1000; ++t) {
    VectorF action(6);
    for (float& a : action) a = static_cast<float>(rng.normal());
    difference += clipped->step(action, also_seen).reward - raw->step(action, seen).reward;
    expected += 0.1 * (action.squaredNorm() - action.cwiseMax(-1).cwiseMin(1).squaredNorm());
    REQUIRE(seen == also_seen);  // the engine limits the forces anyway
  }
  CHECK(difference == Approx(expected).epsilon(1e-4));
  CHECK(difference > 200);
}

TEST_CASE("Gymnasium's MuJoCo tasks can be drawn", "[gym][render]") {
  for (const auto& [name, entry] : plugin().envs) {
    if (!name.ends_with("-v5")) continue;  // version 4 looks the same
    INFO(name);
    contracts::check_rendering(factory(name), 10);
  }
}
