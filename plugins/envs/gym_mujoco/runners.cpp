#include "runners.hpp"

#include <algorithm>
#include <utility>

#include "models/gym_models.hpp"
#include "visuals.hpp"

namespace rlrun::gym {
namespace {

constexpr View kSideView{.distance = 4, .elevation = -10, .azimuth = 90, .tracked_body = 1};

template <class Values>
auto clipped(const Values& values) {
  return values.cwiseMax(-10).cwiseMin(10);
}

/// Version 4 pays the bonus whenever the episode would end without it.
template <int kVersion>
double healthy_reward(const WalkingParams<kVersion>& p, bool healthy) {
  const bool paid = healthy || (kVersion < 5 && p.terminate_when_unhealthy);
  return paid ? p.healthy_reward : 0;
}

}  // namespace

template <int kVersion>
Model HalfCheetah<kVersion>::load(const Params&) {
  return mujoco::compile_model(kHalfCheetahModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
HalfCheetah<kVersion>::HalfCheetah(const Params& params, Model model)
    : Runner(std::move(model),
             {.observation_size = params.exclude_current_positions_from_observation ? 17 : 18,
              .frame_skip = params.frame_skip,
              .horizon = params.horizon,
              .view = kSideView},
             params.exclude_current_positions_from_observation ? 1 : 0),
      p_(params) {}

template <int kVersion>
void HalfCheetah<kVersion>::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                                               Eigen::Ref<Vector> qvel) const {
  add_uniform(rng, p_.reset_noise_scale, qpos);
  add_normal(rng, p_.reset_noise_scale, qvel);
}

template <int kVersion>
void HalfCheetah<kVersion>::observe(VectorOut observation) const {
  observation << positions(), qvel();
}

template <int kVersion>
Transition HalfCheetah<kVersion>::outcome(VectorFIn action) const {
  return {.reward =
              p_.forward_reward_weight * x_velocity() - control_cost(p_.ctrl_cost_weight, action)};
}

template <int kVersion>
Model Swimmer<kVersion>::load(const Params&) {
  return mujoco::compile_model(kSwimmerModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
Swimmer<kVersion>::Swimmer(const Params& params, Model model)
    : Runner(std::move(model),
             {.observation_size = params.exclude_current_positions_from_observation ? 8 : 10,
              .frame_skip = params.frame_skip,
              .horizon = params.horizon,
              .view = {.distance = 6, .elevation = -60, .azimuth = 90, .tracked_body = 1}},
             params.exclude_current_positions_from_observation ? 2 : 0),
      p_(params) {}

template <int kVersion>
void Swimmer<kVersion>::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                                           Eigen::Ref<Vector> qvel) const {
  add_uniform(rng, p_.reset_noise_scale, qpos);
  add_uniform(rng, p_.reset_noise_scale, qvel);
}

template <int kVersion>
void Swimmer<kVersion>::observe(VectorOut observation) const {
  observation << positions(), qvel();
}

template <int kVersion>
Transition Swimmer<kVersion>::outcome(VectorFIn action) const {
  return {.reward =
              p_.forward_reward_weight * x_velocity() - control_cost(p_.ctrl_cost_weight, action)};
}

template <int kVersion>
Model Hopper<kVersion>::load(const Params&) {
  return mujoco::compile_model(kHopperModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
Hopper<kVersion>::Hopper(const Params& params, Model model)
    : Runner(std::move(model),
             {.observation_size = params.exclude_current_positions_from_observation ? 11 : 12,
              .frame_skip = params.frame_skip,
              .horizon = params.horizon,
              .view = kSideView},
             params.exclude_current_positions_from_observation ? 1 : 0),
      p_(params) {}

template <int kVersion>
void Hopper<kVersion>::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                                          Eigen::Ref<Vector> qvel) const {
  add_uniform(rng, p_.reset_noise_scale, qpos);
  add_uniform(rng, p_.reset_noise_scale, qvel);
}

template <int kVersion>
void Hopper<kVersion>::observe(VectorOut observation) const {
  observation << positions(), clipped(qvel());
}

template <int kVersion>
Transition Hopper<kVersion>::outcome(VectorFIn action) const {
  const auto moderate = [this](double x) { return p_.healthy_state.inside(x); };
  const auto rest = qpos().tail(qpos().size() - 2);
  const auto velocities = qvel();
  const bool healthy = std::all_of(rest.begin(), rest.end(), moderate) &&
                       std::all_of(velocities.begin(), velocities.end(), moderate) &&
                       p_.healthy_z.inside(qpos()(1)) && p_.healthy_angle.inside(qpos()(2));
  return {.reward = p_.forward_reward_weight * x_velocity() + healthy_reward(p_, healthy) -
                    control_cost(p_.ctrl_cost_weight, action),
          .terminated = p_.terminate_when_unhealthy && !healthy};
}

template <int kVersion>
Model Walker2d<kVersion>::load(const Params&) {
  // Before version 5 the two feet differ.
  return mujoco::compile_model(kWalker2dModel, {{"visuals", mujoco::kVisuals},
                                                {"right_sole", kVersion < 5 ? "0.9" : "1.9"}});
}

template <int kVersion>
Walker2d<kVersion>::Walker2d(const Params& params, Model model)
    : Runner(std::move(model),
             {.observation_size = params.exclude_current_positions_from_observation ? 17 : 18,
              .frame_skip = params.frame_skip,
              .horizon = params.horizon,
              .view = kSideView},
             params.exclude_current_positions_from_observation ? 1 : 0),
      p_(params) {}

template <int kVersion>
void Walker2d<kVersion>::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                                            Eigen::Ref<Vector> qvel) const {
  add_uniform(rng, p_.reset_noise_scale, qpos);
  add_uniform(rng, p_.reset_noise_scale, qvel);
}

template <int kVersion>
void Walker2d<kVersion>::observe(VectorOut observation) const {
  observation << positions(), clipped(qvel());
}

template <int kVersion>
Transition Walker2d<kVersion>::outcome(VectorFIn action) const {
  const bool healthy = p_.healthy_z.inside(qpos()(1)) && p_.healthy_angle.inside(qpos()(2));
  return {.reward = p_.forward_reward_weight * x_velocity() + healthy_reward(p_, healthy) -
                    control_cost(p_.ctrl_cost_weight, action),
          .terminated = p_.terminate_when_unhealthy && !healthy};
}

template class HalfCheetah<4>;
template class HalfCheetah<5>;
template class Swimmer<4>;
template class Swimmer<5>;
template class Hopper<4>;
template class Hopper<5>;
template class Walker2d<4>;
template class Walker2d<5>;

}  // namespace rlrun::gym
