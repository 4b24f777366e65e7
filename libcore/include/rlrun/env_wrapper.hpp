#pragma once
// An environment around another.

#include <memory>

#include "rlrun/env.hpp"

namespace rlrun {

/// The base of wrappers: owns the environment inside and is the same task, but for what a derived
/// class overrides. Most need the three hooks alone; one that takes several steps for one overrides
/// `step`, and `split_step` with it.
///
/// The stream of an episode reaches the inner environment as it is, so that with and without a
/// wrapper the episodes of a seed start in the same states. What a wrapper draws comes from a fork
/// of that stream by its own name.
class RLRUN_API EnvWrapper : public Env, public SplitStep {
 public:
  ~EnvWrapper() override;
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override;
  Transition step(VectorFIn action, VectorFOut observation) override;
  void begin_step(VectorFIn action) override;
  Transition end_step(VectorFOut observation) override;

  /// In halves if the inner environment is; none for a wrapper that overrides `step`.
  SplitStep* split_step() override { return split_ == nullptr ? nullptr : this; }
  /// Those of the inner environment.
  Renderable* renderable() override { return inner_->renderable(); }
  BareEngine* bare_engine() override { return inner_->bare_engine(); }
  /// None: they stand for the inner observation, or know nothing of what the wrapper remembers. One
  /// that neither changes observations nor remembers anything gives `inner().state_access()`.
  StateAccess* state_access() override { return nullptr; }
  /// None: who changes the model does so inside, next to the task.
  ModelAccess* model_access() override { return nullptr; }

 protected:
  explicit EnvWrapper(std::unique_ptr<Env> inner);

  Env& inner() { return *inner_; }
  [[nodiscard]] const EnvSpec& inner_spec() const { return inner_->spec(); }
  /// What this task is; as the inner one until the constructor of the derived class changes it.
  EnvSpec& own_spec() { return spec_; }

  /// An episode begins with the inner observation `first`: writes the own one.
  virtual void on_reset(const Rng& rng, VectorFIn first, VectorFOut observation);
  /// Writes what the inner environment is to do.
  virtual void on_action(VectorFIn action, VectorFOut inner_action);
  /// The inner environment has taken a step to observation `next`: writes the own observation and
  /// may change the reward. After an unstable step neither means anything.
  virtual void on_step(Transition& transition, VectorFIn next, VectorFOut observation);

 private:
  std::unique_ptr<Env> inner_;
  SplitStep* split_;  // the inner environment, if it can
  EnvSpec spec_;
  VectorF inner_action_, inner_observation_;
};

}  // namespace rlrun
