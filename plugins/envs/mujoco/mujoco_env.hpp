#pragma once
// What the tasks of this plugin have in common.

#include "engine_env.hpp"

namespace rlrun::mujoco {

/// Scaling of actions, reset and step. A task itself says what it observes, what it rewards and
/// when it ends.
class MujocoEnv : public EngineEnv {
 public:
  void reset(Rng rng, VectorFOut observation) final;
  /// Throws TrialError for an action that is not finite.
  Transition step(VectorFIn action, VectorFOut observation) final;
  void engine_step(VectorFIn action) final;

 protected:
  MujocoEnv(Model model, Stepping stepping, Index observation_size, Index horizon, View view);

  /// Writes qpos and qvel, which hold the reference state. By default adds normal noise, of
  /// standard deviation 0.01 to each position and 0.1 to each velocity.
  virtual void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos, Eigen::Ref<Vector> qvel) const;
  /// `effort` is the squared norm of the clipped action.
  [[nodiscard]] virtual double reward(double effort) const = 0;
  [[nodiscard]] virtual bool terminated() const { return false; }

  [[nodiscard]] Eigen::Vector3d com() const { return simulation().com(); }
  [[nodiscard]] Eigen::Vector3d com_velocity() const { return simulation().com_velocity(); }

 private:
  void state_was_written() final { simulation().forward(); }
  double apply(VectorFIn action);
};

}  // namespace rlrun::mujoco
