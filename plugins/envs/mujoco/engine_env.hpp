#pragma once
// What every task over MuJoCo has in common, whichever benchmark defines it.

#include <memory>
#include <utility>
#include <vector>

#include "rlrun/env.hpp"

#include "engine.hpp"
#include "renderer.hpp"

namespace rlrun::mujoco {

/// A simulation with state access, pictures and an observation in double. Derived classes say how
/// an episode starts, how an action reaches the engine and what is observed and rewarded.
class EngineEnv : public Env, public StateAccess, public BareEngine, public Renderable {
 public:
  [[nodiscard]] const EnvSpec& spec() const final { return spec_; }

  /// qpos and qvel, in the order of the model.
  [[nodiscard]] std::vector<Field> state_fields() const final;
  void set_state(const std::vector<Vector>& values, VectorFOut observation) final;
  [[nodiscard]] std::vector<Vector> get_state() const final;

  /// Throws UserError where there is no off-screen OpenGL.
  void render(Frame& frame) final;
  [[nodiscard]] double seconds_per_step() const final { return simulation_.seconds_per_action(); }

  [[nodiscard]] Simulation& simulation() { return simulation_; }

 protected:
  /// `action` is the box of the actions, whatever the control ranges of the model are.
  EngineEnv(Model model, Stepping stepping, Index observation_size, Box action, Index horizon,
            View view);

  /// Rewards see actions as they are given (EnvSpec::raw_actions).
  void set_raw_actions(bool raw) { spec_.raw_actions = raw; }
  /// See EnvSpec::positions.
  void set_positions(std::vector<Index> positions) { spec_.positions = std::move(positions); }
  /// Brings the rest of the simulation up to date with qpos and qvel, which were just written.
  virtual void state_was_written() = 0;
  void write_observation(VectorFOut observation);

  [[nodiscard]] auto qpos() const { return view(simulation_.data().qpos, simulation_.model().nq); }
  [[nodiscard]] auto qvel() const { return view(simulation_.data().qvel, simulation_.model().nv); }
  [[nodiscard]] auto constraint_forces() const {
    return view(simulation_.data().qfrc_constraint, simulation_.model().nv);
  }
  [[nodiscard]] const Simulation& simulation() const { return simulation_; }
  /// n numbers of the engine, without a copy.
  static Eigen::Map<const Vector> view(const double* data, Index n) { return {data, n}; }

 private:
  Simulation simulation_;
  EnvSpec spec_;
  Vector scratch_;  // an observation in double
  View view_;
  std::unique_ptr<Renderer> renderer_;  // made at the first picture
};

}  // namespace rlrun::mujoco
