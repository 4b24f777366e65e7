#pragma once
// The four tasks, each made in the file of its name.

#include "rlrun/registry.hpp"

namespace rlrun::box2d {

EnvEntry cartpole_balancing();
EnvEntry cartpole_swingup();
EnvEntry mountain_car();
EnvEntry acrobot();

/// What the tasks are after, for the registry.
inline constexpr const char* kReference =
    "Y. Duan et al., \"Benchmarking Deep Reinforcement Learning for Continuous Control\", ICML "
    "2016";

}  // namespace rlrun::box2d
