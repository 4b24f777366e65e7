#pragma once
// The door to MuJoCo: compiled models, and a simulation that computes nothing twice.

#include <map>
#include <memory>
#include <string>

#include <Eigen/Core>
#include <mujoco/mujoco.h>

namespace rlrun::mujoco {

/// A compiled model: constant, shared by all instances of a task.
using Model = std::shared_ptr<const mjModel>;

/// Compiles MJCF. Each `$key` of `settings` is replaced in the text first. Also sees to it that the
/// engine reports errors as C++ exceptions (TrialError), writes no log file, and does not restart a
/// diverged simulation by itself. Thread-safe.
Model compile_model(std::string mjcf, const std::map<std::string, std::string>& settings);

/// How a task drives the engine.
struct Stepping {
  int steps_per_action = 1;
  /// The observation holds constraint forces, so the forward pass after the step goes through to
  /// the constraint solver. Without it the pass ends with the velocity stage, which is all that the
  /// observation then depends on.
  bool constraint_forces = false;
};

/// State of one simulation, between actions always with the position and velocity stages of the
/// engine up to date.
///
/// One action is, in effect, `steps_per_action` times mj_step and then mj_forward. mj_forward and
/// the next mj_step both begin by computing the same position and velocity stages, so they are
/// computed once: `step` begins with the acceleration stage, which is the first that the new
/// controls enter. The results are those of the plain calls, bit for bit under MuJoCo 3.3.6 and
/// later. (Before, an acceleration stage also set the warm start of the solver; results then agree
/// to its tolerance.)
class Simulation {
 public:
  Simulation(Model model, Stepping stepping);

  /// Everything as in a new simulation, nothing left of the previous episode.
  void reset();
  /// After the caller wrote qpos and qvel: brings the rest up to date.
  void forward();
  /// Runs the controls that the caller wrote. Stops early when the simulation breaks down.
  void step();

  // Plain calls, for tasks that are defined by them.

  /// After the caller wrote qpos and qvel: mj_forward.
  void plain_forward();
  /// mj_step as often as an action lasts: what derives from positions and velocities afterwards is
  /// that of the engine's last evaluation, before the state at the end. Then, if wanted,
  /// mj_rnePostConstraint, which computes the external forces on the bodies. Stops early when the
  /// simulation breaks down.
  void plain_step(bool external_forces);

  /// The engine met a value that is not finite or is absurd, or ran out of room for contacts, since
  /// the last reset.
  [[nodiscard]] bool unstable() const;

  [[nodiscard]] const mjModel& model() const { return *model_; }
  [[nodiscard]] const Model& shared_model() const { return model_; }
  [[nodiscard]] mjData& data() { return *data_; }
  [[nodiscard]] const mjData& data() const { return *data_; }
  [[nodiscard]] double seconds_per_action() const;

  /// Centre of mass of the robot (all bodies) and its velocity, in the world frame.
  [[nodiscard]] Eigen::Vector3d com() const;
  [[nodiscard]] Eigen::Vector3d com_velocity() const;

 private:
  void observe_stage();

  Model model_;
  std::unique_ptr<mjData, void (*)(mjData*)> data_;
  Stepping stepping_;
  bool runge_kutta_;
};

}  // namespace rlrun::mujoco
