#include "rlrun/env_wrapper.hpp"

#include <utility>

namespace rlrun {

EnvWrapper::~EnvWrapper() = default;

EnvWrapper::EnvWrapper(std::unique_ptr<Env> inner)
    : inner_(std::move(inner)),
      split_(inner_->split_step()),
      spec_(inner_->spec()),
      inner_action_(spec_.action_dim()),
      inner_observation_(spec_.obs_dim()) {}

void EnvWrapper::reset(Rng rng, VectorFOut observation) {
  inner_->reset(rng, inner_observation_);
  on_reset(rng, inner_observation_, observation);
}

Transition EnvWrapper::step(VectorFIn action, VectorFOut observation) {
  on_action(action, inner_action_);
  Transition transition = inner_->step(inner_action_, inner_observation_);
  on_step(transition, inner_observation_, observation);
  return transition;
}

void EnvWrapper::begin_step(VectorFIn action) {
  on_action(action, inner_action_);
  split_->begin_step(inner_action_);
}

Transition EnvWrapper::end_step(VectorFOut observation) {
  Transition transition = split_->end_step(inner_observation_);
  on_step(transition, inner_observation_, observation);
  return transition;
}

void EnvWrapper::on_reset(const Rng& /*rng*/, VectorFIn first, VectorFOut observation) {
  observation = first;
}
void EnvWrapper::on_action(VectorFIn action, VectorFOut inner_action) {
  inner_action = action;
}
void EnvWrapper::on_step(Transition& /*transition*/, VectorFIn next, VectorFOut observation) {
  observation = next;
}

}  // namespace rlrun
