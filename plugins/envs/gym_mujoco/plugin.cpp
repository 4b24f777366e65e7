#include "rlrun/plugin.hpp"

#include "runners.hpp"

namespace rlrun::gym {
namespace {

constexpr const char* kReference = "Gymnasium 1.x, gymnasium.farama.org";

void register_tasks(Registry& registry) {
  const auto add = [&]<class V4, class V5>(const std::string& name, const char* summary) {
    registry.add(env<V4>("gym/" + name + "-v4", summary, kReference));
    registry.add(env<V5>("gym/" + name + "-v5", summary, kReference));
  };
  add.operator()<HalfCheetah<4>, HalfCheetah<5>>("HalfCheetah", "A two-legged runner in the plane");
  add.operator()<Hopper<4>, Hopper<5>>("Hopper", "A one-legged robot hops forward in the plane");
  add.operator()<Walker2d<4>, Walker2d<5>>("Walker2d",
                                           "A two-legged robot walks forward in the plane");
  add.operator()<Swimmer<4>, Swimmer<5>>("Swimmer", "A three-link swimmer in a viscous fluid");
}

}  // namespace
}  // namespace rlrun::gym

RLRUN_PLUGIN("gym_mujoco", "1.0.0",
             "env:gym/HalfCheetah-v4 env:gym/HalfCheetah-v5 env:gym/Hopper-v4 env:gym/Hopper-v5 "
             "env:gym/Walker2d-v4 env:gym/Walker2d-v5 env:gym/Swimmer-v4 env:gym/Swimmer-v5",
             rlrun::gym::register_tasks)
