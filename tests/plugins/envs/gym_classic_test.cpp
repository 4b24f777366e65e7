// Gymnasium's classic control tasks: the contract, pictures, and Gymnasium's own episodes.

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "contracts/env_contract.hpp"
#include "contracts/golden.hpp"
#include "gymnasium_data.hpp"

using namespace gymnasium_data;

TEST_CASE("classic tasks play Gymnasium's episodes", "[gym]") {
  for (const auto& [name, entry] : plugin().envs) check_episodes(name, kClassicTolerance);
}

TEST_CASE("classic tasks have Gymnasium's time limits and actions", "[gym]") {
  for (const auto& [name, entry] : plugin().envs) check_facts(name);
}

TEST_CASE("classic tasks start where Gymnasium's start", "[gym]") {
  for (const auto& [name, entry] : plugin().envs) check_resets(name);
}

TEST_CASE("Gymnasium's classic tasks keep the environment contract", "[env][gym]") {
  for (const auto& [name, entry] : plugin().envs) {
    INFO(name);
    contracts::check_env(factory(name), 2500);
    contracts::check_rendering(factory(name), 50);
  }
}

TEST_CASE("an action that is no choice is refused", "[gym]") {
  for (const auto& [name, entry] : plugin().envs) {
    const auto env = factory(name)();
    VectorF observation(env->spec().obs_dim());
    env->reset(Rng(1), observation);
    INFO(name);
    CHECK_THROWS_AS(env->step(VectorF::Constant(1, NAN), observation), TrialError);
    if (!std::holds_alternative<Discrete>(env->spec().action)) continue;
    for (const float wrong : {-1.0F, 0.5F, 3.0F})
      CHECK_THROWS_AS(env->step(VectorF::Constant(1, wrong), observation), TrialError);
  }
}

TEST_CASE("a car that is too slow has not reached the goal", "[gym]") {
  for (const auto& [name, goal] :
       {std::pair{"gym/MountainCar-v0", 0.5}, {"gym/MountainCarContinuous-v0", 0.45}})
    for (const bool slow : {false, true}) {
      INFO(name);
      const auto env = factory(name, slow ? R"({"goal_velocity": 0.02})" : "{}")();
      VectorF observation(2);
      env->reset(Rng(1), observation);
      dynamic_cast<StateAccess&>(*env).set_state({Vector{{goal - 0.005, 0.015}}}, observation);
      CHECK(env->step(VectorF::Constant(1, 0), observation).terminated == !slow);
      CHECK(observation(0) > goal);
    }
}
