#pragma once
// Robots in the plane that earn their speed along x: HalfCheetah, Hopper, Walker2d, Swimmer. The
// template argument is the version of the task, 4 or 5.

#include "gym_task.hpp"
#include "params.hpp"

namespace rlrun::gym {

template <int kVersion>
struct RunnerParams {
  double forward_reward_weight = 1, ctrl_cost_weight = 0, reset_noise_scale = 0;
  bool exclude_current_positions_from_observation = true;
  std::int64_t frame_skip = 1, horizon = 1000;

  void fields(Fields& f) {
    declare_forward(f, forward_reward_weight);
    declare_control(f, ctrl_cost_weight);
    declare_noise(f, reset_noise_scale);
    declare_exclude(f, exclude_current_positions_from_observation);
    declare_frame_skip<kVersion>(f, frame_skip);
    declare_horizon(f, horizon);
  }
};

/// What the four have in common: the velocity is the difference of positions, the observation qpos
/// (without the first few) and qvel. The reward is the velocity less the cost of the control.
class Runner : public GymTask {
 public:
  void observe(VectorOut observation) const final;

 protected:
  struct Traits {
    Index positions_in_world;  ///< How many entries of qpos tell where in the world the robot is.
    View view;
    Noise velocity_noise = Noise::kUniform;
    bool clips_velocities = false;  ///< In the observation.
  };
  template <int kVersion>
  Runner(const Model& model, const RunnerParams<kVersion>& params, const Traits& traits);

  void before_step() final { x_before_ = qpos()(0); }
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  [[nodiscard]] double forward_reward() const;

 private:
  double forward_reward_weight_, control_cost_weight_;
  Index skipped_;
  bool clips_velocities_;
  double x_before_ = 0;
};

template <int kVersion>
class HalfCheetah final : public Runner {
 public:
  struct Params : RunnerParams<kVersion> {
    Params() : RunnerParams<kVersion>{1, 0.1, 0.1, true, 5} {}
  };
  static Model load(const Params& params);
  HalfCheetah(const Params& params, const Model& model);
};

template <int kVersion>
class Swimmer final : public Runner {
 public:
  struct Params : RunnerParams<kVersion> {
    Params() : RunnerParams<kVersion>{1, 1e-4, 0.1, true, 4} {}
  };
  static Model load(const Params& params);
  Swimmer(const Params& params, const Model& model);
};

/// Parameters of the two that can fall.
template <int kVersion>
struct WalkerParams : RunnerParams<kVersion> {
  double healthy_reward = 1;
  bool terminate_when_unhealthy = true;
  Bounds healthy_z, healthy_angle;

  WalkerParams(Bounds heights, Bounds pitches)
      : RunnerParams<kVersion>{1, 1e-3, 5e-3, true, 4},
        healthy_z(heights),
        healthy_angle(pitches) {}
  void fields(Fields& f) {
    RunnerParams<kVersion>::fields(f);
    declare_health(f, healthy_reward, terminate_when_unhealthy);
    healthy_z.declare(f, "healthy_z_min", "healthy_z_max",
                      "The torso is healthy above this height.",
                      "The torso is healthy below this height; 1e300 stands for no bound.");
    healthy_angle.declare(f, "healthy_angle_min", "healthy_angle_max",
                          "The torso is healthy above this pitch, in radians.",
                          "The torso is healthy below this pitch, in radians.");
  }
  void check() const {
    healthy_z.check("healthy_z");
    healthy_angle.check("healthy_angle");
  }
};

/// Walks upright: there is a reward for health, and the episode ends without it.
template <int kVersion>
class Walker : public Runner {
 protected:
  Walker(const Model& model, const WalkerParams<kVersion>& params);
  [[nodiscard]] virtual bool healthy() const;

 private:
  [[nodiscard]] Transition outcome(VectorFIn action) const final;
  WalkerParams<kVersion> p_;
};

template <int kVersion>
class Hopper final : public Walker<kVersion> {
 public:
  struct Params : WalkerParams<kVersion> {
    Bounds healthy_state{-100, 100};

    Params() : WalkerParams<kVersion>({0.7, kNoBound}, {-0.2, 0.2}) {}
    void fields(Fields& f) {
      WalkerParams<kVersion>::fields(f);
      healthy_state.declare(f, "healthy_state_min", "healthy_state_max",
                            "All of the state but x and height is healthy above this.",
                            "All of the state but x and height is healthy below this.");
    }
    void check() const {
      WalkerParams<kVersion>::check();
      healthy_state.check("healthy_state");
    }
  };
  static Model load(const Params& params);
  Hopper(const Params& params, const Model& model);

 private:
  [[nodiscard]] bool healthy() const override;
  Bounds healthy_state_;
};

template <int kVersion>
class Walker2d final : public Walker<kVersion> {
 public:
  struct Params : WalkerParams<kVersion> {
    Params() : WalkerParams<kVersion>({0.8, 2}, {-1, 1}) {}
  };
  static Model load(const Params& params);
  Walker2d(const Params& params, const Model& model);
};

}  // namespace rlrun::gym
