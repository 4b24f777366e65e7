#include "mujoco_env.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rlrun/error.hpp"

namespace rlrun::mujoco {
namespace {

constexpr double kPositionNoise = 0.01, kVelocityNoise = 0.1;

}  // namespace

MujocoEnv::MujocoEnv(Model model, Stepping stepping, Index observation_size, Index horizon,
                     View view)
    : EngineEnv(model, stepping, observation_size, box(model->nu, -1, 1), horizon, view) {}

void MujocoEnv::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                                   Eigen::Ref<Vector> qvel) const {
  for (double& q : qpos) q += kPositionNoise * rng.normal();
  for (double& v : qvel) v += kVelocityNoise * rng.normal();
}

void MujocoEnv::reset(Rng rng, VectorFOut observation) {
  simulation().reset();
  mjData& data = simulation().data();
  draw_initial_state(rng, Eigen::Map<Vector>(data.qpos, simulation().model().nq),
                     Eigen::Map<Vector>(data.qvel, simulation().model().nv));
  simulation().forward();
  write_observation(observation);
}

Transition MujocoEnv::step(VectorFIn action, VectorFOut observation) {
  const double effort = apply(action);
  simulation().step();
  Transition transition;
  if (simulation().unstable()) {
    transition.unstable = true;
    transition.terminated = terminated();
    observation.setZero();
    return transition;
  }
  write_observation(observation);
  transition.reward = reward(effort);
  transition.terminated = terminated();
  return transition;
}

void MujocoEnv::engine_step(VectorFIn action) {
  apply(action);
  simulation().step();
}

/// Clips, scales to the control range, and returns the squared norm of the clipped action.
double MujocoEnv::apply(VectorFIn action) {
  const mjModel& model = simulation().model();
  mjData& data = simulation().data();
  double effort = 0;
  for (int i = 0; i < model.nu; ++i) {
    if (!std::isfinite(action(i)))
      throw TrialError("entry " + std::to_string(i) + " of the action is not finite");
    const double a = std::clamp(static_cast<double>(action(i)), -1.0, 1.0);
    const double low = model.actuator_ctrlrange[2 * i], high = model.actuator_ctrlrange[2 * i + 1];
    data.ctrl[i] = low + (a + 1) * (high - low) / 2;
    effort += a * a;
  }
  return effort;
}

}  // namespace rlrun::mujoco
