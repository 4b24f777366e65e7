#include "rlrun/learners/twin_critics.hpp"

namespace rlrun {

TwinCritics::TwinCritics(const nn::ObservationInput& input, Index action_dim,
                         const std::vector<std::int64_t>& hidden, const std::string& activation,
                         Index batch_size, const Rng& rng)
    : input_(input),
      action_dim_(action_dim),
      network_(nn::mlp_shape(input_.size() + action_dim, hidden, 1, activation)),
      critics_{critic(rng.fork(0)), critic(rng.fork(1))},
      passes_{nn::Pass(network_, batch_size), nn::Pass(network_, batch_size)},
      target_pass_(network_, batch_size),
      errors_(2, batch_size) {}

nn::Learner TwinCritics::critic(Rng rng) const {
  VectorF params(network_.n_params());
  nn::init_fan_in_uniform(network_, params, rng);
  return {network_, params, nn::Learner::Target::kCopy};
}

void TwinCritics::write_inputs(MatrixFIn observations, MatrixFIn actions, MatrixFOut inputs) const {
  input_.apply(observations, inputs.topRows(input_.size()));
  inputs.bottomRows(action_dim_) = actions;
}

void TwinCritics::target_minimum(const TransitionBatch& batch, MatrixFIn next_actions, Index from,
                                 Index n, VectorFOut y) {
  write_inputs(batch.next_observations.middleCols(from, n), next_actions,
               target_pass_.inputs(from, n));
  critics_[0].forward_target(target_pass_, from, n);
  y = target_pass_.outputs(from, n).row(0).transpose();
  critics_[1].forward_target(target_pass_, from, n);
  y = y.cwiseMin(target_pass_.outputs(from, n).row(0).transpose());
}

void TwinCritics::regress(const TransitionBatch& batch, VectorFIn y, Index from, Index n) {
  for (std::size_t i = 0; i < 2; ++i) {
    nn::Pass& pass = passes_[i];
    write_inputs(batch.observations.middleCols(from, n), batch.actions.middleCols(from, n),
                 pass.inputs(from, n));
    critics_[i].forward(pass, from, n);
    auto error = errors_.row(static_cast<Index>(i)).segment(from, n);
    error = pass.outputs(from, n).row(0) - y.transpose();
    pass.output_gradients(from, n) = 2 / static_cast<float>(pass.cols()) * error;
    critics_[i].backward(pass, from, n, nn::Learner::Inputs::kSkip);
  }
}

void TwinCritics::descend(double step_size, double tau) {
  nn::descend({{critics_[0], passes_[0]}, {critics_[1], passes_[1]}}, step_size, tau);
}

double TwinCritics::loss() const {
  return errors_.squaredNorm() / static_cast<double>(errors_.cols());
}

Eigen::Ref<const MatrixF> TwinCritics::values(std::size_t i, MatrixFIn actions, Index from,
                                              Index n) {
  passes_[i].inputs(from, n).bottomRows(action_dim_) = actions;
  critics_[i].forward(passes_[i], from, n);
  return passes_[i].outputs(from, n);
}

Eigen::Ref<const MatrixF> TwinCritics::action_gradients(std::size_t i, Index from, Index n) {
  critics_[i].backward(passes_[i], from, n, nn::Learner::Inputs::kWanted);
  return passes_[i].input_gradients(from, n).bottomRows(action_dim_);
}

bool TwinCritics::all_finite() const {
  return critics_[0].params().allFinite() && critics_[1].params().allFinite();
}

void TwinCritics::state(Archive& archive) {
  for (nn::Learner& critic : critics_) critic.state(archive);
}

}  // namespace rlrun
