#pragma once
// What all MuJoCo tasks have in common.

#include <memory>
#include <vector>

#include "rlrun/env.hpp"

#include "engine.hpp"
#include "renderer.hpp"

namespace rlrun::mujoco {

/// A task over a simulation: scaling of actions, reset, step, state access and pictures. A task
/// itself says what it observes, what it rewards and when it ends.
class MujocoEnv : public Env, public StateAccess, public BareEngine, public Renderable {
 public:
  [[nodiscard]] const EnvSpec& spec() const final { return spec_; }
  void reset(Rng rng, VectorFOut observation) final;
  /// Throws TrialError for an action that is not finite.
  Transition step(VectorFIn action, VectorFOut observation) final;

  /// qpos and qvel, in the order of the model.
  [[nodiscard]] std::vector<Field> state_fields() const final;
  void set_state(const std::vector<Vector>& values, VectorFOut observation) final;
  [[nodiscard]] std::vector<Vector> get_state() const final;

  void engine_step(VectorFIn action) final;

  /// Throws UserError where there is no off-screen OpenGL.
  void render(Frame& frame) final;
  [[nodiscard]] double seconds_per_step() const final { return simulation_.seconds_per_action(); }

  [[nodiscard]] Simulation& simulation() { return simulation_; }

 protected:
  MujocoEnv(Model model, Stepping stepping, Index observation_size, Index horizon, View view);

  /// Writes qpos and qvel, which hold the reference state. By default adds normal noise, of
  /// standard deviation 0.01 to each position and 0.1 to each velocity.
  virtual void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos, Eigen::Ref<Vector> qvel) const;
  /// `effort` is the squared norm of the clipped action.
  [[nodiscard]] virtual double reward(double effort) const = 0;
  [[nodiscard]] virtual bool terminated() const { return false; }

  [[nodiscard]] auto qpos() const { return view(simulation_.data().qpos, simulation_.model().nq); }
  [[nodiscard]] auto qvel() const { return view(simulation_.data().qvel, simulation_.model().nv); }
  [[nodiscard]] auto constraint_forces() const {
    return view(simulation_.data().qfrc_constraint, simulation_.model().nv);
  }
  [[nodiscard]] Eigen::Vector3d com() const { return simulation_.com(); }
  [[nodiscard]] Eigen::Vector3d com_velocity() const { return simulation_.com_velocity(); }
  [[nodiscard]] const Simulation& simulation() const { return simulation_; }

 private:
  static Eigen::Map<const Vector> view(const double* data, int n) { return {data, n}; }
  double apply(VectorFIn action);
  void write_observation(VectorFOut observation);

  Simulation simulation_;
  EnvSpec spec_;
  Vector scratch_;  // an observation in double
  View view_;
  std::unique_ptr<Renderer> renderer_;  // made at the first picture
};

}  // namespace rlrun::mujoco
