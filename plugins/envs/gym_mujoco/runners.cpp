#include "runners.hpp"

#include <algorithm>

#include "models/gym_models.hpp"
#include "visuals.hpp"

namespace rlrun::gym {
namespace {

constexpr View kSideView{.distance = 4, .elevation = -10, .azimuth = 90, .tracked_body = 1};
constexpr View kViewFromAbove{.distance = 6, .elevation = -60, .azimuth = 90, .tracked_body = 1};

template <int kVersion>
Index skipped_positions(const RunnerParams<kVersion>& params, Index positions_in_world) {
  return params.exclude_current_positions_from_observation ? positions_in_world : 0;
}

}  // namespace

template <int kVersion>
Runner::Runner(const Model& model, const RunnerParams<kVersion>& params, const Traits& traits)
    : GymTask(model, {.observation_size = model->nq + model->nv -
                                          skipped_positions(params, traits.positions_in_world),
                      .frame_skip = params.frame_skip,
                      .horizon = params.horizon,
                      .view = traits.view,
                      .reset_noise_scale = params.reset_noise_scale,
                      .velocity_noise = traits.velocity_noise}),
      forward_reward_weight_(params.forward_reward_weight),
      control_cost_weight_(params.ctrl_cost_weight),
      skipped_(skipped_positions(params, traits.positions_in_world)),
      clips_velocities_(traits.clips_velocities) {}

void Runner::observe(VectorOut observation) const {
  const Index n = qpos().size() - skipped_;
  observation.head(n) = qpos().tail(n);
  if (clips_velocities_)
    observation.tail(qvel().size()) = clipped(qvel());
  else
    observation.tail(qvel().size()) = qvel();
}

double Runner::forward_reward() const {
  return forward_reward_weight_ * ((qpos()(0) - x_before_) / dt());
}

Transition Runner::outcome(VectorFIn action) const {
  return {.reward = forward_reward() - control_cost(control_cost_weight_, action)};
}

template <int kVersion>
Model HalfCheetah<kVersion>::load(const Params&) {
  return mujoco::compile_model(kHalfCheetahModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
HalfCheetah<kVersion>::HalfCheetah(const Params& params, const Model& model)
    : Runner(model, params,
             {.positions_in_world = 1, .view = kSideView, .velocity_noise = Noise::kNormal}) {}

template <int kVersion>
Model Swimmer<kVersion>::load(const Params&) {
  return mujoco::compile_model(kSwimmerModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
Swimmer<kVersion>::Swimmer(const Params& params, const Model& model)
    : Runner(model, params, {.positions_in_world = 2, .view = kViewFromAbove}) {}

template <int kVersion>
Walker<kVersion>::Walker(const Model& model, const WalkerParams<kVersion>& params)
    : Runner(model, params, {.positions_in_world = 1, .view = kSideView, .clips_velocities = true}),
      p_(params) {}

template <int kVersion>
bool Walker<kVersion>::healthy() const {
  return p_.healthy_z.inside(qpos()(1)) && p_.healthy_angle.inside(qpos()(2));
}

template <int kVersion>
Transition Walker<kVersion>::outcome(VectorFIn action) const {
  const bool is_healthy = healthy();
  return {.reward = forward_reward() + healthy_reward<kVersion>(p_, is_healthy) -
                    control_cost(p_.ctrl_cost_weight, action),
          .terminated = p_.terminate_when_unhealthy && !is_healthy};
}

template <int kVersion>
Model Hopper<kVersion>::load(const Params&) {
  return mujoco::compile_model(kHopperModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
Hopper<kVersion>::Hopper(const Params& params, const Model& model)
    : Walker<kVersion>(model, params), healthy_state_(params.healthy_state) {}

template <int kVersion>
bool Hopper<kVersion>::healthy() const {
  const auto moderate = [this](double x) { return healthy_state_.inside(x); };
  const auto rest = this->qpos().tail(this->qpos().size() - 2);
  const auto velocities = this->qvel();
  return Walker<kVersion>::healthy() && std::all_of(rest.begin(), rest.end(), moderate) &&
         std::all_of(velocities.begin(), velocities.end(), moderate);
}

template <int kVersion>
Model Walker2d<kVersion>::load(const Params&) {
  // Before version 5 the two feet differ.
  return mujoco::compile_model(kWalker2dModel, {{"visuals", mujoco::kVisuals},
                                                {"right_sole", kVersion < 5 ? "0.9" : "1.9"}});
}

template <int kVersion>
Walker2d<kVersion>::Walker2d(const Params& params, const Model& model)
    : Walker<kVersion>(model, params) {}

template class HalfCheetah<4>;
template class HalfCheetah<5>;
template class Swimmer<4>;
template class Swimmer<5>;
template class Hopper<4>;
template class Hopper<5>;
template class Walker2d<4>;
template class Walker2d<5>;

}  // namespace rlrun::gym
