#pragma once
// Robots in the plane that earn their speed along x: HalfCheetah, Hopper, Walker2d, Swimmer. The
// template argument is the version of the task, 4 or 5.

#include "gym_task.hpp"
#include "params.hpp"

namespace rlrun::gym {

/// What the four have in common: the velocity is the difference of positions, the observation qpos
/// (without the first few) and qvel.
class Runner : public GymTask {
 protected:
  Runner(Model model, const Shape& shape, Index skipped)
      : GymTask(model, shape), skipped_(skipped) {}

  void before_step() final { x_before_ = qpos()(0); }
  [[nodiscard]] double x_velocity() const { return (qpos()(0) - x_before_) / dt(); }
  [[nodiscard]] auto positions() const { return qpos().tail(qpos().size() - skipped_); }

 private:
  Index skipped_;
  double x_before_ = 0;
};

template <int kVersion>
class HalfCheetah final : public Runner {
 public:
  struct Params {
    double forward_reward_weight = 1, ctrl_cost_weight = 0.1, reset_noise_scale = 0.1;
    bool exclude_current_positions_from_observation = true;
    std::int64_t frame_skip = 5, horizon = 1000;

    void fields(Fields& f) {
      declare_forward(f, forward_reward_weight);
      declare_control(f, ctrl_cost_weight);
      declare_noise(f, reset_noise_scale);
      declare_exclude(f, exclude_current_positions_from_observation);
      declare_frame_skip<kVersion>(f, frame_skip);
      declare_horizon(f, horizon);
    }
  };
  static Model load(const Params& params);
  HalfCheetah(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                          Eigen::Ref<Vector> qvel) const override;
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  Params p_;
};

template <int kVersion>
class Swimmer final : public Runner {
 public:
  struct Params {
    double forward_reward_weight = 1, ctrl_cost_weight = 1e-4, reset_noise_scale = 0.1;
    bool exclude_current_positions_from_observation = true;
    std::int64_t frame_skip = 4, horizon = 1000;

    void fields(Fields& f) {
      declare_forward(f, forward_reward_weight);
      declare_control(f, ctrl_cost_weight);
      declare_noise(f, reset_noise_scale);
      declare_exclude(f, exclude_current_positions_from_observation);
      declare_frame_skip<kVersion>(f, frame_skip);
      declare_horizon(f, horizon);
    }
  };
  static Model load(const Params& params);
  Swimmer(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                          Eigen::Ref<Vector> qvel) const override;
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  Params p_;
};

/// Parameters of the two that can fall.
template <int kVersion>
struct WalkingParams {
  double forward_reward_weight = 1, ctrl_cost_weight = 1e-3, healthy_reward = 1,
         reset_noise_scale = 5e-3;
  bool terminate_when_unhealthy = true, exclude_current_positions_from_observation = true;
  Bounds healthy_z, healthy_angle;
  std::int64_t frame_skip = 4, horizon = 1000;

  void fields(Fields& f) {
    declare_forward(f, forward_reward_weight);
    declare_control(f, ctrl_cost_weight);
    f("healthy_reward", healthy_reward, "Reward for each step in which the robot is healthy.");
    f("terminate_when_unhealthy", terminate_when_unhealthy,
      "Whether the episode ends when the robot leaves the healthy ranges.");
    healthy_z.declare(f, "healthy_z_min", "healthy_z_max",
                      "The torso is healthy above this height.",
                      "The torso is healthy below this height; 1e300 stands for no bound.");
    healthy_angle.declare(f, "healthy_angle_min", "healthy_angle_max",
                          "The torso is healthy above this pitch, in radians.",
                          "The torso is healthy below this pitch, in radians.");
    declare_noise(f, reset_noise_scale);
    declare_exclude(f, exclude_current_positions_from_observation);
    declare_frame_skip<kVersion>(f, frame_skip);
    declare_horizon(f, horizon);
  }
  void check() const {
    healthy_z.check("healthy_z");
    healthy_angle.check("healthy_angle");
  }
};

template <int kVersion>
class Hopper final : public Runner {
 public:
  struct Params : WalkingParams<kVersion> {
    Bounds healthy_state{-100, 100};

    Params() {
      this->healthy_z = {0.7, kNoBound};
      this->healthy_angle = {-0.2, 0.2};
    }
    void fields(Fields& f) {
      WalkingParams<kVersion>::fields(f);
      healthy_state.declare(f, "healthy_state_min", "healthy_state_max",
                            "All of the state but x and height is healthy above this.",
                            "All of the state but x and height is healthy below this.");
    }
    void check() const {
      WalkingParams<kVersion>::check();
      healthy_state.check("healthy_state");
    }
  };
  static Model load(const Params& params);
  Hopper(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                          Eigen::Ref<Vector> qvel) const override;
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  Params p_;
};

template <int kVersion>
class Walker2d final : public Runner {
 public:
  struct Params : WalkingParams<kVersion> {
    Params() {
      this->healthy_z = {0.8, 2};
      this->healthy_angle = {-1, 1};
    }
  };
  static Model load(const Params& params);
  Walker2d(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                          Eigen::Ref<Vector> qvel) const override;
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  Params p_;
};

}  // namespace rlrun::gym
