#pragma once
// The humanoid walks, or stands up from its back.

#include "gym_task.hpp"
#include "params.hpp"

namespace rlrun::gym {

/// What of the engine's state is observed besides qpos and qvel, and how. Version 4 observes all
/// of it, with the world's rows and the six entries of the root, which are zero.
template <int kVersion>
struct BodyObservation {
  bool exclude_current_positions_from_observation = true, include_cinert_in_observation = true,
       include_cvel_in_observation = true, include_qfrc_actuator_in_observation = true,
       include_cfrc_ext_in_observation = true;

  void declare(Fields& f) {
    declare_exclude(f, exclude_current_positions_from_observation);
    if constexpr (kVersion < 5) return;
    f("include_cinert_in_observation", include_cinert_in_observation,
      "Observe mass and inertia of the bodies about the robot's centre of mass.");
    f("include_cvel_in_observation", include_cvel_in_observation,
      "Observe the velocities of the bodies about the robot's centre of mass.");
    f("include_qfrc_actuator_in_observation", include_qfrc_actuator_in_observation,
      "Observe the torques of the motors.");
    f("include_cfrc_ext_in_observation", include_cfrc_ext_in_observation,
      "Observe the external forces on the bodies.");
  }
  [[nodiscard]] Index size() const {
    constexpr Index kBodies = kVersion < 5 ? 14 : 13, kTorques = kVersion < 5 ? 23 : 17;
    return (exclude_current_positions_from_observation ? 45 : 47) +
           (include_cinert_in_observation ? 10 * kBodies : 0) +
           (include_cvel_in_observation ? 6 * kBodies : 0) +
           (include_qfrc_actuator_in_observation ? kTorques : 0) +
           (include_cfrc_ext_in_observation ? 6 * kBodies : 0);
  }
};

/// Reset and observation of the two.
template <int kVersion>
class HumanoidTask : public GymTask {
 public:
  void observe(VectorOut observation) const final;

 protected:
  template <class Params>
  HumanoidTask(Model model, const Params& params);

  [[nodiscard]] double squared_control() const {
    return view(data().ctrl, model().nu).squaredNorm();
  }
  /// weight * squared external forces, between the bounds.
  [[nodiscard]] double contact_cost(double weight, const Bounds& range) const;

 private:
  BodyObservation<kVersion> observed_;
};

template <int kVersion>
class Humanoid final : public HumanoidTask<kVersion> {
 public:
  struct Params {
    double forward_reward_weight = 1.25, ctrl_cost_weight = 0.1, healthy_reward = 5,
           reset_noise_scale = 0.01;
    double contact_cost_weight = kVersion < 5 ? 0 : 5e-7;  // not in version 4
    Bounds contact_cost{-kNoBound, 10}, healthy_z{1, 2};
    bool terminate_when_unhealthy = true;
    BodyObservation<kVersion> observed;
    std::int64_t frame_skip = 5, horizon = 1000;

    void fields(Fields& f);
    void check() const {
      contact_cost.check("contact_cost");
      healthy_z.check("healthy_z");
    }
  };
  static Model load(const Params& params);
  Humanoid(const Params& params, Model model);

 private:
  void before_step() override { x_before_ = x_of_mass(); }
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  [[nodiscard]] double x_of_mass() const;

  Params p_;
  double x_before_ = 0;
};

template <int kVersion>
class HumanoidStandup final : public HumanoidTask<kVersion> {
 public:
  struct Params {
    double uph_cost_weight = 1, ctrl_cost_weight = 0.1, impact_cost_weight = 5e-7,
           reset_noise_scale = 0.01;
    Bounds impact_cost{-kNoBound, 10};
    BodyObservation<kVersion> observed;
    std::int64_t frame_skip = 5, horizon = 1000;

    void fields(Fields& f);
    void check() const { impact_cost.check("impact_cost"); }
  };
  static Model load(const Params& params);
  HumanoidStandup(const Params& params, Model model);

 private:
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  Params p_;
};

}  // namespace rlrun::gym
