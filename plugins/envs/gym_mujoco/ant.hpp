#pragma once

#include "gym_task.hpp"
#include "params.hpp"

namespace rlrun::gym {

template <int kVersion>
struct AntParams {
  double forward_reward_weight = 1, ctrl_cost_weight = 0.5, contact_cost_weight = 5e-4,
         healthy_reward = 1, reset_noise_scale = 0.1;
  bool terminate_when_unhealthy = true, exclude_current_positions_from_observation = true;
  bool use_contact_forces = kVersion >= 5;      // version 4: a parameter
  bool include_cfrc_ext_in_observation = true;  // version 5
  Bounds healthy_z{0.2, 1}, contact_force{-1, 1};
  std::int64_t main_body = 1, frame_skip = 5, horizon = 1000;

  void fields(Fields& f) {
    if constexpr (kVersion >= 5) {
      declare_forward(f, forward_reward_weight);
      f("main_body", main_body, "The body whose velocity is rewarded: 1 is the torso.",
        between(0, 13));
      f("include_cfrc_ext_in_observation", include_cfrc_ext_in_observation,
        "Observe the external forces on the bodies.");
    } else {
      f("use_contact_forces", use_contact_forces,
        "Observe the external forces on the bodies, and count their cost.");
    }
    declare_control(f, ctrl_cost_weight);
    f("contact_cost_weight", contact_cost_weight,
      "Weight of the squared external forces in the cost.");
    declare_health(f, healthy_reward, terminate_when_unhealthy);
    healthy_z.declare(f, "healthy_z_min", "healthy_z_max", "The least healthy height of the torso.",
                      "The largest healthy height of the torso.");
    contact_force.declare(f, "contact_force_min", "contact_force_max",
                          "External forces are raised to this.",
                          "External forces are cut to this.");
    declare_noise(f, reset_noise_scale);
    declare_exclude(f, exclude_current_positions_from_observation);
    declare_frame_skip<kVersion>(f, frame_skip);
    declare_horizon(f, horizon);
  }
  void check() const {
    healthy_z.check("healthy_z");
    contact_force.check("contact_force");
  }

  [[nodiscard]] bool observes_forces() const {
    return use_contact_forces && include_cfrc_ext_in_observation;
  }
  /// Version 5 leaves out the world, which feels no force.
  [[nodiscard]] Index observation_size() const {
    return (exclude_current_positions_from_observation ? 27 : 29) +
           (observes_forces() ? (kVersion >= 5 ? 78 : 84) : 0);
  }
};

/// Four legs around a sphere: walk along x. The velocity is that of the body frame, which the
/// engine places at each evaluation, not at the end of a step.
template <int kVersion>
class Ant final : public GymTask {
 public:
  using Params = AntParams<kVersion>;
  static Model load(const Params& params);
  Ant(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  void before_step() override { x_before_ = x_of_body(); }
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  [[nodiscard]] double x_of_body() const { return data().xpos[3 * p_.main_body]; }

  Params p_;
  double x_before_ = 0;
};

}  // namespace rlrun::gym
