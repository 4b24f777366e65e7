#include "tasks.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <sstream>
#include <utility>

#include "models/models.hpp"
#include "visuals.hpp"

namespace rlrun::mujoco {
namespace {

using Settings = std::map<std::string, std::string>;

// The models write the legacy inertias out; `inertiafromgeom` decides whether geoms override them.
Settings body_settings(const BodyParams& params) {
  return {{"inertiafromgeom", params.capsules == "exact" ? "true" : "auto"}, {"visuals", kVisuals}};
}

Settings limit_settings(const LimitParams& params) {
  Settings settings = body_settings(params);
  settings["solimplimit"] = params.limits == "engine" ? "0.9 0.95 0.001" : "0 0.8 0.03";
  return settings;
}

std::string exact_text(double value) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(std::numeric_limits<double>::max_digits10);
  out << value;
  return out.str();
}

// How far the camera stands from the robot, which it follows.
constexpr View kPlanarView{.distance = 4, .elevation = -10, .azimuth = 90, .tracked_body = 1};

template <class Values>
auto clipped(const Values& values) {
  return values.cwiseMax(-10).cwiseMin(10);
}

}  // namespace

// Swimmer: 50 engine steps of 1 ms.

Model Swimmer::load(const Params& params) {
  return compile_model(kSwimmerModel, body_settings(params));
}

Swimmer::Swimmer(const Params& params, Model model)
    : MujocoEnv(std::move(model), {.steps_per_action = 50}, 13, params.horizon,
                {.distance = 6, .elevation = -60, .azimuth = 90, .tracked_body = 1}) {}

void Swimmer::observe(VectorOut observation) const {
  observation << qpos(), qvel(), com();
}

double Swimmer::reward(double effort) const {
  return com_velocity().x() - 0.005 * effort;
}

// Hopper: one engine step of 20 ms.

Model Hopper::load(const Params& params) {
  return compile_model(kHopperModel, limit_settings(params));
}

Hopper::Hopper(const Params& params, Model model)
    : MujocoEnv(std::move(model), {.steps_per_action = 1, .constraint_forces = true}, 20,
                params.horizon, kPlanarView) {}

void Hopper::observe(VectorOut observation) const {
  // qpos is z, x, pitch, thigh, leg, foot; where the robot stands is not observed.
  observation << qpos()(0), qpos().tail<4>(), clipped(qvel()), clipped(constraint_forces()), com();
}

double Hopper::reward(double effort) const {
  return com_velocity().x() + 1 - 0.005 * effort;
}

bool Hopper::terminated() const {
  // An older engine has already replaced a state that was not finite; it counts all the same.
  const bool finite = !simulation().unstable() && qpos().allFinite() && qvel().allFinite();
  const bool moderate =
      (qpos().tail<3>().array().abs() < 100).all() && (qvel().array().abs() < 100).all();
  const bool upright = qpos()(0) > 0.7 && std::abs(qpos()(2)) < 0.2;
  return !(finite && moderate && upright);
}

// Walker: one engine step of 5 ms.

Model Walker2d::load(const Params& params) {
  return compile_model(kWalker2dModel, limit_settings(params));
}

Walker2d::Walker2d(const Params& params, Model model)
    : MujocoEnv(std::move(model), {.steps_per_action = 1}, 21, params.horizon, kPlanarView) {}

void Walker2d::observe(VectorOut observation) const {
  observation << qpos(), qvel(), com();
}

double Walker2d::reward(double effort) const {
  return com_velocity().x() - 0.005 * effort;
}

bool Walker2d::terminated() const {
  const double height = qpos()(0), pitch = qpos()(2);
  return !(height > 0.8 && height < 2.0 && pitch > -1 && pitch < 1);
}

// Half-cheetah: one engine step of 10 ms.

Model HalfCheetah::load(const Params& params) {
  Settings settings = body_settings(params);
  settings["impratio"] = exact_text(params.impratio);
  return compile_model(kHalfCheetahModel, settings);
}

HalfCheetah::HalfCheetah(const Params& params, Model model)
    : MujocoEnv(std::move(model), {.steps_per_action = 1}, 20, params.horizon, kPlanarView) {}

void HalfCheetah::observe(VectorOut observation) const {
  observation << qpos().tail<8>(), qvel(), com();  // all positions but x
}

double HalfCheetah::reward(double effort) const {
  return com_velocity().x() - 0.05 * effort;
}

// Double inverted pendulum: two engine steps of 10 ms.

Model DoubleInvertedPendulum::load(const Params& params) {
  return compile_model(kDoubleInvertedPendulumModel, body_settings(params));
}

DoubleInvertedPendulum::DoubleInvertedPendulum(const Params& params, Model model)
    : MujocoEnv(std::move(model), {.steps_per_action = 2, .constraint_forces = true}, 11,
                params.horizon,
                {.distance = 4, .elevation = -5, .azimuth = 90, .tracked_body = 1}) {
  set_positions({0, 1, 2, 3, 4});
}

void DoubleInvertedPendulum::draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                                                Eigen::Ref<Vector>) const {
  constexpr double kMaxTilt = 20 * std::numbers::pi / 180;
  qpos(1) = rng.uniform(-kMaxTilt, kMaxTilt);
}

void DoubleInvertedPendulum::observe(VectorOut observation) const {
  const auto angles = qpos().tail<2>().array();  // of the first pole, and of the second against it
  observation << qpos()(0), angles.sin().matrix(), angles.cos().matrix(), clipped(qvel()),
      clipped(constraint_forces());
}

double DoubleInvertedPendulum::reward(double) const {
  const double* tip = simulation().data().site_xpos;  // the model's only site
  const double x = tip[0], height = tip[2] - 2, v1 = qvel()(1), v2 = qvel()(2);
  return 10 - (0.01 * x * x + height * height) - (1e-3 * v1 * v1 + 5e-3 * v2 * v2);
}

bool DoubleInvertedPendulum::terminated() const {
  return !(simulation().data().site_xpos[2] > 1);
}

}  // namespace rlrun::mujoco
