#include "arms.hpp"

#include <utility>

#include "rlrun/error.hpp"

#include "models/gym_models.hpp"
#include "visuals.hpp"

namespace rlrun::gym {
namespace {

constexpr double kVelocityNoise = 0.005;

int body_named(const mjModel& model, const char* name) {
  const int body = mj_name2id(&model, mjOBJ_BODY, name);
  RLRUN_CHECK(body > 0);
  return body;
}

Eigen::Map<const Eigen::Vector3d> place(const mjData& data, int body) {
  return Eigen::Map<const Eigen::Vector3d>(data.xpos + 3 * body);
}

}  // namespace

template <int kVersion>
Model Reacher<kVersion>::load(const Params&) {
  return mujoco::compile_model(kReacherModel, {{"visuals", mujoco::kVisuals}});
}

template <int kVersion>
Reacher<kVersion>::Reacher(const Params& params, Model model)
    : GymTask(std::move(model),
              {.observation_size = kVersion < 5 ? 11 : 10,
               .frame_skip = params.frame_skip,
               .horizon = params.horizon,
               .view = {.distance = 1, .elevation = -60, .azimuth = 90, .tracked_body = 0}}),
      p_(params),
      fingertip_(body_named(this->model(), "fingertip")),
      target_(body_named(this->model(), "target")) {}

template <int kVersion>
Eigen::Vector3d Reacher<kVersion>::to_target() const {
  return place(data(), fingertip_) - place(data(), target_);
}

// The target is drawn from the disc that the arm reaches.
template <int kVersion>
void Reacher<kVersion>::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                                           Eigen::Ref<Vector> qvel) const {
  add_uniform(rng, 0.1, qpos);
  do {
    qpos(2) = rng.uniform(-0.2, 0.2);
    qpos(3) = rng.uniform(-0.2, 0.2);
  } while (qpos.tail<2>().norm() >= 0.2);
  add_uniform(rng, kVelocityNoise, qvel.head(2));
}

template <int kVersion>
void Reacher<kVersion>::observe(VectorOut observation) const {
  const auto angles = qpos().head<2>().array();
  observation << angles.cos().matrix(), angles.sin().matrix(), qpos().tail(2), qvel().head(2),
      to_target().template head<(kVersion < 5 ? 3 : 2)>();
}

template <int kVersion>
Transition Reacher<kVersion>::outcome(VectorFIn action) const {
  const double distance = kVersion < 5 ? distance_before_ : to_target().norm();
  return {.reward =
              -distance * p_.reward_dist_weight - control_cost(p_.reward_control_weight, action)};
}

Model Pusher::load(const Params&) {
  return mujoco::compile_model(kPusherModel, {{"visuals", mujoco::kVisuals}});
}

Pusher::Pusher(const Params& params, Model model)
    : GymTask(std::move(model),
              {.observation_size = 23,
               .frame_skip = params.frame_skip,
               .horizon = params.horizon,
               .view = {.distance = 3, .elevation = -45, .azimuth = 90, .tracked_body = 0}}),
      p_(params),
      hand_(body_named(this->model(), "tips")),
      object_(body_named(this->model(), "object")),
      goal_(body_named(this->model(), "goal")) {}

// The object lies beside the goal and not on it. Joints of both come last, y before x.
void Pusher::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos, Eigen::Ref<Vector> qvel) const {
  auto object = qpos.segment<2>(7);
  do {
    object(0) = rng.uniform(-0.3, 0);
    object(1) = rng.uniform(-0.2, 0.2);
  } while (object.norm() <= 0.17);
  qpos.tail<2>().setZero();
  add_uniform(rng, kVelocityNoise, qvel.head(7));
}

void Pusher::observe(VectorOut observation) const {
  observation << qpos().head(7), qvel().head(7), place(data(), hand_), place(data(), object_),
      place(data(), goal_);
}

Transition Pusher::outcome(VectorFIn action) const {
  const double near = (place(data(), object_) - place(data(), hand_)).norm();
  const double distance = (place(data(), object_) - place(data(), goal_)).norm();
  return {.reward = -distance * p_.reward_dist_weight -
                    control_cost(p_.reward_control_weight, action) - near * p_.reward_near_weight};
}

template class Reacher<4>;
template class Reacher<5>;

}  // namespace rlrun::gym
