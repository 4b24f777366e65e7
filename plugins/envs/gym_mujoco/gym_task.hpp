#pragma once
// How Gymnasium drives MuJoCo.

#include "engine_env.hpp"

namespace rlrun::gym {

using mujoco::Model;
using mujoco::View;

/// A task of Gymnasium: the action is the control vector as it is (the engine limits the forces),
/// an action is so many mj_step, and observations and rewards read what these leave behind. What
/// derives from positions is therefore that of the engine's last evaluation, not of the state.
class GymTask : public mujoco::EngineEnv {
 public:
  void reset(Rng rng, VectorFOut observation) final;
  /// Throws TrialError for an action that is not finite.
  Transition step(VectorFIn action, VectorFOut observation) final;
  void engine_step(VectorFIn action) final;

  /// From now on an action is brought into its box first, so that a cost counts what is applied, as
  /// under Gymnasium's ClipAction.
  void clip_actions() {
    clips_actions_ = true;
    set_raw_actions(false);
  }

 protected:
  enum class Noise { kUniform, kNormal };
  struct Shape {
    Index observation_size;
    std::int64_t frame_skip, horizon;
    View view;
    double reset_noise_scale = 0;
    Noise velocity_noise = Noise::kUniform;
    bool external_forces = false;  ///< cfrc_ext is read.
  };
  GymTask(Model model, const Shape& shape);

  /// Adds to qpos and qvel, which hold the reference state and zero: uniform noise to the
  /// positions, either kind to the velocities.
  virtual void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos, Eigen::Ref<Vector> qvel) const;
  /// Keeps what `outcome` compares with, before the engine is called.
  virtual void before_step() {}
  /// Reward and termination after the step.
  [[nodiscard]] virtual Transition outcome(VectorFIn action) const = 0;

  [[nodiscard]] const mjModel& model() const { return simulation().model(); }
  [[nodiscard]] const mjData& data() const { return simulation().data(); }
  [[nodiscard]] double dt() const { return simulation().seconds_per_action(); }

 private:
  void state_was_written() final { simulation().plain_forward(); }
  void apply(VectorFIn action);
  Transition step_as_given(VectorFIn action, VectorFOut observation);

  bool clips_actions_ = false;
  VectorF clipped_action_;
  double reset_noise_scale_;
  Noise velocity_noise_;
  bool external_forces_;
};

/// weight * sum of squares, in float as in the original, whose actions are float arrays: the sum of
/// fewer than eight squares from left to right, of eight as a balanced tree. At most eight entries.
double control_cost(double weight, VectorFIn action);

void add_uniform(Rng& rng, double scale, Eigen::Ref<Vector> values);  ///< From [-scale, scale).

/// What the observations of some tasks show of velocities and forces.
template <class Values>
auto clipped(const Values& values) {
  return values.cwiseMax(-10).cwiseMin(10);
}

}  // namespace rlrun::gym
