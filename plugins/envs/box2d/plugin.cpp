#include "rlrun/plugin.hpp"

#include "tasks.hpp"

namespace {

void register_box2d(rlrun::Registry& registry) {
  registry.add(rlrun::box2d::cartpole_balancing());
  registry.add(rlrun::box2d::cartpole_swingup());
  registry.add(rlrun::box2d::mountain_car());
  registry.add(rlrun::box2d::acrobot());
}

}  // namespace

RLRUN_PLUGIN("box2d", "1.0.0",
             "env:cartpole_balancing env:cartpole_swingup env:mountain_car env:acrobot",
             register_box2d)
