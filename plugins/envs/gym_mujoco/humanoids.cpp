#include "humanoids.hpp"

#include <algorithm>
#include <utility>

#include "models/gym_models.hpp"
#include "visuals.hpp"

namespace rlrun::gym {
namespace {

constexpr View kSideView{.distance = 4, .elevation = -15, .azimuth = 120, .tracked_body = 1};

Model compile(const char* model) {
  return mujoco::compile_model(
      model, {{"visuals", mujoco::kVisuals}, {"parts", kHumanoidParts}, {"arms", kHumanoidArms}});
}

}  // namespace

template <int kVersion>
template <class Params>
HumanoidTask<kVersion>::HumanoidTask(Model model, const Params& params)
    : GymTask(std::move(model), {.observation_size = params.observed.size(),
                                 .frame_skip = params.frame_skip,
                                 .horizon = params.horizon,
                                 .view = kSideView,
                                 .reset_noise_scale = params.reset_noise_scale,
                                 .external_forces = true}),
      observed_(params.observed) {}

template <int kVersion>
void HumanoidTask<kVersion>::observe(VectorOut observation) const {
  const mjModel& m = this->model();
  const mjData& d = this->data();
  constexpr Index kWorld = kVersion < 5 ? 0 : 1, kRoot = kVersion < 5 ? 0 : 6;
  const Index bodies = m.nbody - kWorld;
  Index at = 0;
  const auto put = [&](const mjtNum* values, Index n) {
    observation.segment(at, n) = this->view(values, n);
    at += n;
  };
  const Index skipped = observed_.exclude_current_positions_from_observation ? 2 : 0;
  put(d.qpos + skipped, m.nq - skipped);
  put(d.qvel, m.nv);
  if (observed_.include_cinert_in_observation) put(d.cinert + 10 * kWorld, 10 * bodies);
  if (observed_.include_cvel_in_observation) put(d.cvel + 6 * kWorld, 6 * bodies);
  if (observed_.include_qfrc_actuator_in_observation) put(d.qfrc_actuator + kRoot, m.nv - kRoot);
  if (observed_.include_cfrc_ext_in_observation) put(d.cfrc_ext + 6 * kWorld, 6 * bodies);
}

template <int kVersion>
double HumanoidTask<kVersion>::contact_cost(double weight, const Bounds& range) const {
  const double cost =
      weight * this->view(this->data().cfrc_ext, Index{6} * this->model().nbody).squaredNorm();
  return std::clamp(cost, range.min, range.max);
}

template <int kVersion>
void Humanoid<kVersion>::Params::fields(Fields& f) {
  declare_forward(f, forward_reward_weight);
  declare_control(f, ctrl_cost_weight);
  if constexpr (kVersion >= 5) {
    f("contact_cost_weight", contact_cost_weight,
      "Weight of the squared external forces in the cost.");
    contact_cost.declare(f, "contact_cost_min", "contact_cost_max",
                         "The contact cost is raised to this; -1e300 stands for no bound.",
                         "The contact cost is cut to this.");
  }
  declare_health(f, healthy_reward, terminate_when_unhealthy);
  healthy_z.declare(f, "healthy_z_min", "healthy_z_max", "The torso is healthy above this height.",
                    "The torso is healthy below this height.");
  declare_noise(f, reset_noise_scale);
  observed.declare(f);
  declare_frame_skip<kVersion>(f, frame_skip);
  declare_horizon(f, horizon);
}

template <int kVersion>
Model Humanoid<kVersion>::load(const Params&) {
  return compile(kHumanoidModel);
}

template <int kVersion>
Humanoid<kVersion>::Humanoid(const Params& params, Model model)
    : HumanoidTask<kVersion>(std::move(model), params), p_(params) {}

template <int kVersion>
double Humanoid<kVersion>::x_of_mass() const {
  const mjModel& m = this->model();
  double moment = 0, mass = 0;
  for (int b = 0; b < m.nbody; ++b) {
    moment += m.body_mass[b] * this->data().xipos[3 * b];
    mass += m.body_mass[b];
  }
  return moment / mass;
}

template <int kVersion>
Transition Humanoid<kVersion>::outcome(VectorFIn) const {
  const double velocity = (x_of_mass() - x_before_) / this->dt();
  const bool healthy = p_.healthy_z.inside(this->qpos()(2));
  double cost = p_.ctrl_cost_weight * this->squared_control();
  if constexpr (kVersion >= 5) cost += this->contact_cost(p_.contact_cost_weight, p_.contact_cost);
  return {
      .reward = p_.forward_reward_weight * velocity + healthy_reward<kVersion>(p_, healthy) - cost,
      .terminated = p_.terminate_when_unhealthy && !healthy};
}

template <int kVersion>
void HumanoidStandup<kVersion>::Params::fields(Fields& f) {
  if constexpr (kVersion >= 5) {
    f("uph_cost_weight", uph_cost_weight, "Without effect, in Gymnasium too.");
    declare_control(f, ctrl_cost_weight);
    f("impact_cost_weight", impact_cost_weight,
      "Weight of the squared external forces in the cost.");
    impact_cost.declare(f, "impact_cost_min", "impact_cost_max",
                        "The impact cost is raised to this; -1e300 stands for no bound.",
                        "The impact cost is cut to this.");
    declare_noise(f, reset_noise_scale);
    observed.declare(f);
  }
  declare_frame_skip<kVersion>(f, frame_skip);
  declare_horizon(f, horizon);
}

template <int kVersion>
Model HumanoidStandup<kVersion>::load(const Params&) {
  return compile(kHumanoidStandupModel);
}

template <int kVersion>
HumanoidStandup<kVersion>::HumanoidStandup(const Params& params, Model model)
    : HumanoidTask<kVersion>(std::move(model), params), p_(params) {}

// Height over the engine's time step, as in the original: not a velocity.
template <int kVersion>
Transition HumanoidStandup<kVersion>::outcome(VectorFIn) const {
  const double height = this->qpos()(2) / this->model().opt.timestep;
  return {.reward = height - p_.ctrl_cost_weight * this->squared_control() -
                    this->contact_cost(p_.impact_cost_weight, p_.impact_cost) + 1};
}

template class HumanoidTask<4>;
template class HumanoidTask<5>;
template class Humanoid<4>;
template class Humanoid<5>;
template class HumanoidStandup<4>;
template class HumanoidStandup<5>;

}  // namespace rlrun::gym
