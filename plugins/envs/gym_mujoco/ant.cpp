#include "ant.hpp"

#include <algorithm>
#include <utility>

#include "models/gym_models.hpp"
#include "visuals.hpp"

namespace rlrun::gym {

template <int kVersion>
Model Ant<kVersion>::load(const Params&) {
  return mujoco::compile_model(kAntModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
Ant<kVersion>::Ant(const Params& params, Model model)
    : GymTask(std::move(model),
              {.observation_size = params.observation_size(),
               .frame_skip = params.frame_skip,
               .horizon = params.horizon,
               .view = {.distance = 4, .elevation = -30, .azimuth = 90, .tracked_body = 1},
               .reset_noise_scale = params.reset_noise_scale,
               .velocity_noise = Noise::kNormal,
               .external_forces = params.use_contact_forces}),
      p_(params) {}

template <int kVersion>
void Ant<kVersion>::observe(VectorOut observation) const {
  const Index skipped = p_.exclude_current_positions_from_observation ? 2 : 0;
  const Index n = model().nq - skipped, m = model().nv;
  observation.head(n) = qpos().tail(n);
  observation.segment(n, m) = qvel();
  if (!p_.observes_forces()) return;
  const Index rest = observation.size() - n - m;
  observation.tail(rest) = view(data().cfrc_ext + 6 * model().nbody - rest, rest)
                               .cwiseMax(p_.contact_force.min)
                               .cwiseMin(p_.contact_force.max);
}

template <int kVersion>
Transition Ant<kVersion>::outcome(VectorFIn action) const {
  const double velocity = (x_of_body() - x_before_) / dt();
  const bool healthy = qpos().allFinite() && qvel().allFinite() && p_.healthy_z.contain(qpos()(2));
  double cost = control_cost(p_.ctrl_cost_weight, action);
  if (p_.use_contact_forces)
    cost += p_.contact_cost_weight * view(data().cfrc_ext, Index{6} * model().nbody)
                                         .cwiseMax(p_.contact_force.min)
                                         .cwiseMin(p_.contact_force.max)
                                         .squaredNorm();
  return {
      .reward = p_.forward_reward_weight * velocity + healthy_reward<kVersion>(p_, healthy) - cost,
      .terminated = p_.terminate_when_unhealthy && !healthy};
}

template class Ant<4>;
template class Ant<5>;

}  // namespace rlrun::gym
