#include "gym_task.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "rlrun/error.hpp"

namespace rlrun::gym {
namespace {

Box control_box(const mjModel& model) {
  Box range = box(model.nu, 0, 0);
  for (Index i = 0; i < model.nu; ++i) {
    range.low(i) = static_cast<float>(model.actuator_ctrlrange[2 * i]);
    range.high(i) = static_cast<float>(model.actuator_ctrlrange[2 * i + 1]);
  }
  return range;
}

}  // namespace

GymTask::GymTask(Model model, const Shape& shape)
    : EngineEnv(model, {.steps_per_action = static_cast<int>(shape.frame_skip)},
                shape.observation_size, control_box(*model), shape.horizon, shape.view),
      reset_noise_scale_(shape.reset_noise_scale),
      velocity_noise_(shape.velocity_noise),
      external_forces_(shape.external_forces) {
  set_raw_actions(true);
}

void GymTask::reset(Rng rng, VectorFOut observation) {
  simulation().reset();
  mjData& state = simulation().data();
  draw_initial_state(rng, Eigen::Map<Vector>(state.qpos, model().nq),
                     Eigen::Map<Vector>(state.qvel, model().nv));
  state_was_written();
  write_observation(observation);
}

void GymTask::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos, Eigen::Ref<Vector> qvel) const {
  add_uniform(rng, reset_noise_scale_, qpos);
  if (velocity_noise_ == Noise::kUniform)
    add_uniform(rng, reset_noise_scale_, qvel);
  else
    for (double& x : qvel) x += reset_noise_scale_ * rng.normal();
}

Transition GymTask::step(VectorFIn action, VectorFOut observation) {
  if (!clips_actions_) return step_as_given(action, observation);
  const Box& range = std::get<Box>(spec().action);
  // What is not a number stays what it is, so that `apply` finds it.
  clipped_action_ = (action.array() != action.array())
                        .select(action, action.cwiseMax(range.low).cwiseMin(range.high));
  return step_as_given(clipped_action_, observation);
}

Transition GymTask::step_as_given(VectorFIn action, VectorFOut observation) {
  apply(action);
  before_step();
  simulation().plain_step(external_forces_);
  if (simulation().unstable()) {
    observation.setZero();
    return {.unstable = true};
  }
  write_observation(observation);
  return outcome(action);
}

void GymTask::engine_step(VectorFIn action) {
  apply(action);
  simulation().plain_step(external_forces_);
}

void GymTask::apply(VectorFIn action) {
  mjtNum* control = simulation().data().ctrl;
  for (Index i = 0; i < action.size(); ++i) {
    if (!std::isfinite(action(i)))
      throw TrialError("entry " + std::to_string(i) + " of the action is not finite");
    control[i] = action(i);
  }
}

double control_cost(double weight, VectorFIn action) {
  RLRUN_CHECK(action.size() <= 8);
  float sum = 0;
  if (action.size() < 8) {
    for (const float a : action) sum += a * a;
  } else {
    std::array<float, 8> s{};
    for (std::size_t i = 0; i < 8; ++i) s[i] = action(Index(i)) * action(Index(i));
    sum = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
  }
  return static_cast<float>(weight) * sum;
}

void add_uniform(Rng& rng, double scale, Eigen::Ref<Vector> values) {
  for (double& x : values) x += rng.uniform(-scale, scale);
}

}  // namespace rlrun::gym
