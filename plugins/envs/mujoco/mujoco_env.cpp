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
    : simulation_(std::move(model), stepping), scratch_(observation_size), view_(view) {
  spec_.observation = unbounded(observation_size);
  spec_.action = box(simulation_.model().nu, -1, 1);
  spec_.horizon = horizon;
}

void MujocoEnv::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                                   Eigen::Ref<Vector> qvel) const {
  for (double& q : qpos) q += kPositionNoise * rng.normal();
  for (double& v : qvel) v += kVelocityNoise * rng.normal();
}

void MujocoEnv::reset(Rng rng, VectorFOut observation) {
  simulation_.reset();
  mjData& data = simulation_.data();
  draw_initial_state(rng, Eigen::Map<Vector>(data.qpos, simulation_.model().nq),
                     Eigen::Map<Vector>(data.qvel, simulation_.model().nv));
  simulation_.forward();
  write_observation(observation);
}

Transition MujocoEnv::step(VectorFIn action, VectorFOut observation) {
  const double effort = apply(action);
  simulation_.step();
  Transition transition;
  if (simulation_.unstable()) {
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
  simulation_.step();
}

/// Clips, scales to the control range, and returns the squared norm of the clipped action.
double MujocoEnv::apply(VectorFIn action) {
  const mjModel& model = simulation_.model();
  mjData& data = simulation_.data();
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

void MujocoEnv::write_observation(VectorFOut observation) {
  observe(scratch_);
  observation = scratch_.cast<float>();
}

std::vector<StateAccess::Field> MujocoEnv::state_fields() const {
  return {{"qpos", simulation_.model().nq}, {"qvel", simulation_.model().nv}};
}

void MujocoEnv::set_state(const std::vector<Vector>& values, VectorFOut observation) {
  const mjModel& model = simulation_.model();
  RLRUN_CHECK(values.size() == 2 && values[0].size() == model.nq && values[1].size() == model.nv);
  simulation_.reset();
  Eigen::Map<Vector>(simulation_.data().qpos, model.nq) = values[0];
  Eigen::Map<Vector>(simulation_.data().qvel, model.nv) = values[1];
  simulation_.forward();
  write_observation(observation);
}

std::vector<Vector> MujocoEnv::get_state() const {
  return {qpos(), qvel()};
}

void MujocoEnv::render(Frame& frame) {
  if (!renderer_) renderer_ = std::make_unique<Renderer>(simulation_.shared_model(), view_);
  renderer_->draw(simulation_.data(), frame);
}

}  // namespace rlrun::mujoco
