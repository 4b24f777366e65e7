#include "pendulums.hpp"

#include <cmath>
#include <utility>

#include "models/gym_models.hpp"
#include "visuals.hpp"

namespace rlrun::gym {
namespace {

constexpr View kSideView{.distance = 3, .elevation = -5, .azimuth = 90, .tracked_body = 0};

}  // namespace

template <int kVersion>
Model InvertedPendulum<kVersion>::load(const Params&) {
  return mujoco::compile_model(kInvertedPendulumModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
InvertedPendulum<kVersion>::InvertedPendulum(const Params& params, Model model)
    : GymTask(std::move(model), {.observation_size = 4,
                                 .frame_skip = params.frame_skip,
                                 .horizon = params.horizon,
                                 .view = kSideView,
                                 .reset_noise_scale = params.reset_noise_scale}) {}

template <int kVersion>
void InvertedPendulum<kVersion>::observe(VectorOut observation) const {
  observation << qpos(), qvel();
}

template <int kVersion>
Transition InvertedPendulum<kVersion>::outcome(VectorFIn) const {
  const bool finite = qpos().allFinite() && qvel().allFinite();
  const bool fell = !finite || std::abs(qpos()(1)) > 0.2;
  return {.reward = kVersion >= 5 && fell ? 0.0 : 1.0, .terminated = fell};
}

template <int kVersion>
Model InvertedDoublePendulum<kVersion>::load(const Params&) {
  return mujoco::compile_model(kInvertedDoublePendulumModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
InvertedDoublePendulum<kVersion>::InvertedDoublePendulum(const Params& params, Model model)
    : GymTask(std::move(model), {.observation_size = kVersion < 5 ? 11 : 9,
                                 .frame_skip = params.frame_skip,
                                 .horizon = params.horizon,
                                 .view = kSideView,
                                 .reset_noise_scale = params.reset_noise_scale,
                                 .velocity_noise = Noise::kNormal}),
      healthy_reward_(params.healthy_reward) {}

template <int kVersion>
void InvertedDoublePendulum<kVersion>::observe(VectorOut observation) const {
  const auto angles = qpos().tail<2>().array();
  observation << qpos()(0), angles.sin().matrix(), angles.cos().matrix(), clipped(qvel()),
      clipped(constraint_forces().head(kVersion < 5 ? 3 : 1));
}

template <int kVersion>
Transition InvertedDoublePendulum<kVersion>::outcome(VectorFIn) const {
  const double* tip = data().site_xpos;  // the model's only site
  const double x = tip[0], height = tip[2] - 2, v1 = qvel()(1), v2 = qvel()(2);
  const bool fell = tip[2] <= 1;
  const double bonus = kVersion >= 5 && fell ? 0 : healthy_reward_;
  return {
      .reward = bonus - (0.01 * (x * x) + height * height) - (1e-3 * (v1 * v1) + 5e-3 * (v2 * v2)),
      .terminated = fell};
}

template class InvertedPendulum<4>;
template class InvertedPendulum<5>;
template class InvertedDoublePendulum<4>;
template class InvertedDoublePendulum<5>;

}  // namespace rlrun::gym
