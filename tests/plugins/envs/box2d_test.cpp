// The Box2D tasks against the environment contract and the closed forms of their definitions.

#include <catch2/catch.hpp>

#include "rlrun/plugin.hpp"

#include "contracts/env_contract.hpp"
#include "contracts/registered.hpp"

extern "C" void rlrun_plugin_register(rlrun::Registry& registry);

using namespace rlrun;

namespace {

const contracts::Registered& plugin() {
  static const contracts::Registered registered(rlrun_plugin_register);
  return registered;
}

const std::vector<std::string> kTasks = {"cartpole_balancing", "cartpole_swingup", "mountain_car",
                                         "acrobot"};

}  // namespace

TEST_CASE("the Box2D tasks keep the environment contract", "[env]") {
  for (const std::string& task : kTasks) {
    INFO(task);
    contracts::check_env(plugin().env(task), 3000);
    contracts::check_rendering(plugin().env(task), 200);
  }
}
