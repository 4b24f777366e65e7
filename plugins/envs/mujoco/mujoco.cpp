#include "rlrun/plugin.hpp"

#include "tasks.hpp"

namespace rlrun::mujoco {
namespace {

constexpr const char* kReference =
    "Y. Duan et al., Benchmarking Deep Reinforcement Learning for Continuous Control, ICML 2016";

void register_tasks(Registry& registry) {
  registry.add(env<Swimmer>("swimmer", "A three-link swimmer in a viscous fluid", kReference));
  registry.add(env<Hopper>("hopper", "A one-legged robot hops forward in the plane", kReference));
  registry.add(
      env<Walker2d>("walker2d", "A two-legged robot walks forward in the plane", kReference));
  registry.add(env<HalfCheetah>("half_cheetah", "A two-legged runner in the plane", kReference));
  registry.add(env<DoubleInvertedPendulum>("double_inverted_pendulum",
                                           "Balance two linked poles on a cart", kReference));
}

}  // namespace
}  // namespace rlrun::mujoco

RLRUN_PLUGIN("mujoco", "1.0.0",
             "env:swimmer env:hopper env:walker2d env:half_cheetah env:double_inverted_pendulum",
             rlrun::mujoco::register_tasks)
