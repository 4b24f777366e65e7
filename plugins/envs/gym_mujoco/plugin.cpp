#include "rlrun/plugin.hpp"

#include <utility>

#include "ant.hpp"
#include "arms.hpp"
#include "humanoids.hpp"
#include "pendulums.hpp"
#include "runners.hpp"

namespace rlrun::gym {
namespace {

constexpr const char* kReference = "Gymnasium 1.x, gymnasium.farama.org";

// Every task has one parameter that Gymnasium keeps in a wrapper.
EnvEntry with_clipping(EnvEntry entry) {
  const auto visit = [](Fields& f, bool& clip_actions) {
    f("clip_actions", clip_actions,
      "Bring actions into their box before anything else, as the wrapper ClipAction does: a cost "
      "then counts what is applied.");
  };
  entry.visit_defaults = [visit, task = std::move(entry.visit_defaults)](Fields& f) {
    task(f);
    bool clip_actions = false;
    visit(f, clip_actions);
  };
  entry.make = [visit, task = std::move(entry.make)](Fields& f) -> EnvFactory {
    EnvFactory factory = task(f);
    bool clip_actions = false;
    visit(f, clip_actions);
    if (!clip_actions) return factory;
    return [factory = std::move(factory)] {
      std::unique_ptr<Env> env = factory();
      dynamic_cast<GymTask&>(*env).clip_actions();
      return env;
    };
  };
  return entry;
}

void register_tasks(Registry& registry) {
  const auto add = [&]<class V4, class V5>(const std::string& name, const char* summary) {
    registry.add(with_clipping(env<V4>("gym/" + name + "-v4", summary, kReference)));
    registry.add(with_clipping(env<V5>("gym/" + name + "-v5", summary, kReference)));
  };
  add.operator()<HalfCheetah<4>, HalfCheetah<5>>("HalfCheetah", "A two-legged runner in the plane");
  add.operator()<Hopper<4>, Hopper<5>>("Hopper", "A one-legged robot hops forward in the plane");
  add.operator()<Walker2d<4>, Walker2d<5>>("Walker2d",
                                           "A two-legged robot walks forward in the plane");
  add.operator()<Swimmer<4>, Swimmer<5>>("Swimmer", "A three-link swimmer in a viscous fluid");
  add.operator()<Ant<4>, Ant<5>>("Ant", "A four-legged robot walks forward");
  add.operator()<Humanoid<4>, Humanoid<5>>("Humanoid", "A humanoid walks forward");
  add.operator()<HumanoidStandup<4>, HumanoidStandup<5>>("HumanoidStandup",
                                                         "A humanoid stands up from its back");
  add.operator()<Reacher<4>, Reacher<5>>("Reacher", "An arm of two links reaches for a point");
  registry.add(
      with_clipping(env<Pusher>("gym/Pusher-v5", "An arm pushes an object to a goal", kReference)));
  add.operator()<InvertedPendulum<4>, InvertedPendulum<5>>("InvertedPendulum",
                                                           "Balance a pole on a cart");
  add.operator()<InvertedDoublePendulum<4>, InvertedDoublePendulum<5>>(
      "InvertedDoublePendulum", "Balance two poles, one on the other, on a cart");
}

}  // namespace
}  // namespace rlrun::gym

RLRUN_PLUGIN("gym_mujoco", "1.0.0",
             "env:gym/HalfCheetah-v4 env:gym/HalfCheetah-v5 env:gym/Hopper-v4 env:gym/Hopper-v5 "
             "env:gym/Walker2d-v4 env:gym/Walker2d-v5 env:gym/Swimmer-v4 env:gym/Swimmer-v5 "
             "env:gym/Ant-v4 env:gym/Ant-v5 env:gym/Humanoid-v4 env:gym/Humanoid-v5 "
             "env:gym/HumanoidStandup-v4 env:gym/HumanoidStandup-v5 env:gym/Reacher-v4 "
             "env:gym/Reacher-v5 env:gym/Pusher-v5 env:gym/InvertedPendulum-v4 "
             "env:gym/InvertedPendulum-v5 env:gym/InvertedDoublePendulum-v4 "
             "env:gym/InvertedDoublePendulum-v5",
             rlrun::gym::register_tasks)
