#pragma once
// Arms over a table: Reacher and Pusher.

#include "gym_task.hpp"
#include "params.hpp"

namespace rlrun::gym {

/// Two links bring the fingertip to a target. Version 4 rewards the distance before the step,
/// version 5 that after it, both as the engine last evaluated them.
template <int kVersion>
class Reacher final : public GymTask {
 public:
  struct Params {
    double reward_dist_weight = 1, reward_control_weight = 1;
    std::int64_t frame_skip = 2, horizon = 50;

    void fields(Fields& f) {
      if constexpr (kVersion >= 5) {
        f("reward_dist_weight", reward_dist_weight, "Weight of the distance in the cost.");
        f("reward_control_weight", reward_control_weight,
          "Weight of the squared control in the cost.");
      }
      declare_frame_skip<kVersion>(f, frame_skip);
      declare_horizon(f, horizon);
    }
  };
  static Model load(const Params& params);
  Reacher(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                          Eigen::Ref<Vector> qvel) const override;
  void before_step() override { distance_before_ = to_target().norm(); }
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  [[nodiscard]] Eigen::Vector3d to_target() const;  ///< From the target to the fingertip.

  Params p_;
  int fingertip_, target_;
  double distance_before_ = 0;
};

/// Seven joints push an object to a goal. There is no version 4 for this engine.
class Pusher final : public GymTask {
 public:
  struct Params {
    double reward_near_weight = 0.5, reward_dist_weight = 1, reward_control_weight = 0.1;
    std::int64_t frame_skip = 5, horizon = 100;

    void fields(Fields& f) {
      f("reward_near_weight", reward_near_weight,
        "Weight of the distance between hand and object in the cost.");
      f("reward_dist_weight", reward_dist_weight,
        "Weight of the distance between object and goal in the cost.");
      f("reward_control_weight", reward_control_weight,
        "Weight of the squared control in the cost.");
      declare_frame_skip<5>(f, frame_skip);
      declare_horizon(f, horizon);
    }
  };
  static Model load(const Params& params);
  Pusher(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                          Eigen::Ref<Vector> qvel) const override;
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  Params p_;
  int hand_, object_, goal_;
};

}  // namespace rlrun::gym
