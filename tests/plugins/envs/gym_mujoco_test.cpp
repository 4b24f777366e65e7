// Gymnasium's MuJoCo tasks: the contract, golden episodes, and Gymnasium's own episodes.

#include <catch2/catch.hpp>
#include <mujoco/mujoco.h>

#include "rlrun/error.hpp"

#include "contracts/env_contract.hpp"
#include "contracts/golden.hpp"
#include "gymnasium_data.hpp"

using namespace gymnasium_data;

namespace {

/// The data belong to one version of the engine.
bool engine_of_the_data() {
  if (mj_version() == 337) return true;
  WARN("the episodes were made with MuJoCo 3.3.7, this is " << mj_versionString());
  return false;
}

}  // namespace

TEST_CASE("MuJoCo tasks play Gymnasium's episodes", "[gym]") {
  if (!engine_of_the_data()) return;
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
}

TEST_CASE("Gymnasium's MuJoCo tasks can be drawn", "[gym][render]") {
  for (const auto& [name, entry] : plugin().envs) {
    if (!name.ends_with("-v5")) continue;  // version 4 looks the same
    INFO(name);
    contracts::check_rendering(factory(name), 10);
  }
}
