#pragma once
// A Gymnasium task as an environment.

#include <memory>

#include "rlrun/env.hpp"

#include "task_process.hpp"

namespace rlrun::gymnasium {

/// What its process says of a task.
struct Facts {
  EnvSpec spec;  ///< The horizon is the task's own; 0: it has none.
  bool renders = false;
  double seconds_per_step = 0;
};

/// Throws UserError, TrialError like TaskProcess.
class Task : public Env, public SplitStep {
 public:
  /// A horizon of 0 is the task's own time limit; UserError if it has none.
  static std::unique_ptr<Task> make(std::shared_ptr<Interpreter> interpreter, Index horizon);

  Task(std::unique_ptr<TaskProcess> process, Facts facts);
  [[nodiscard]] const EnvSpec& spec() const final { return facts_.spec; }
  void reset(Rng rng, VectorFOut observation) final;
  Transition step(VectorFIn action, VectorFOut observation) final;
  void begin_step(VectorFIn action) final;
  Transition end_step(VectorFOut observation) final;

 protected:
  [[nodiscard]] TaskProcess& process() { return *process_; }
  [[nodiscard]] const Facts& facts() const { return facts_; }

 private:
  std::unique_ptr<TaskProcess> process_;
  Facts facts_;
  Eigen::Map<const VectorF> observation_;
  Eigen::Map<VectorF> action_;
};

/// One that can be drawn.
class RenderedTask final : public Task, public Renderable {
 public:
  using Task::Task;
  void render(Frame& frame) override;
  [[nodiscard]] double seconds_per_step() const override { return facts().seconds_per_step; }
};

}  // namespace rlrun::gymnasium
