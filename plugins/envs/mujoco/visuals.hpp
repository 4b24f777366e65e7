#pragma once

namespace rlrun::mujoco {

/// Off-screen size, lights and materials (floor, robot, other), which stand in all models as
/// `$visuals`.
extern const char* const kVisuals;

}  // namespace rlrun::mujoco
