#include "rlrun/baselines/value_baseline.hpp"

#include "rlrun/error.hpp"
#include "rlrun/nn/parts.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {

VectorF initial_value_params(const nn::Mlp& network, const Rng& rng) {
  VectorF params(network.n_params());
  nn::init_orthogonal(network, params, rng, std::sqrt(2.0F), 1);
  return params;
}

void ValueBaselineParams::fields(Fields& f) {
  f("value_hidden", value_hidden, "Widths of the value network's hidden layers.",
    between(1, 100000));
  f("value_activation", value_activation, "Activation of the value network's hidden layers.",
    {"tanh", "relu"});
  f("value_step_size", value_step_size, "Step size of the value network's Adam.", more_than(0));
  f("value_steps", value_steps, "Steps of the value network's fit in an iteration.", at_least(1));
}

ValueBaseline::ValueBaseline(const ValueBaselineParams& params, const StochasticPolicy& policy,
                             const Rng& rng)
    : p_(params),
      policy_(policy),
      network_(
          nn::mlp_shape(policy.input().size(), params.value_hidden, 1, params.value_activation)),
      params_(initial_value_params(network_, rng.fork("value_network"))),
      optimiser_(params_.size()) {}

Vector ValueBaseline::predict(const Episode& episode) const {
  const MatrixF no_late;
  MatrixF values(1, episode.observations.cols());
  Workspace workspace;
  network_.infer(params_, policy_.input().view(episode.observations, workspace), no_late, values,
                 workspace);
  return values.row(0).cast<double>();
}

void ValueBaseline::fit(const Batch& batch, VectorIn targets) {
  RLRUN_CHECK(targets.size() == n_steps(batch) && targets.size() > 0);
  MatrixF seen(network_.shape().inputs, targets.size());
  Index from = 0;
  for (const Episode& episode : batch) {
    policy_.input().apply(episode.states(), seen.middleCols(from, episode.length()));
    from += episode.length();
  }

  const nn::Parts parts(targets.size());
  const MatrixF no_late;
  std::vector<nn::Tape> tapes(static_cast<std::size_t>(parts.count));
  std::vector<MatrixF> slopes(static_cast<std::size_t>(parts.count));
  MatrixF gradients(params_.size(), parts.count);
  const MatrixF scaled_targets = targets.transpose().cast<float>();
  const float scale = 2 / static_cast<float>(targets.size());
  for (std::int64_t step = 0; step < p_.value_steps; ++step) {
    parallel_for(parts.count, [&](Index part) {
      const Index first = parts.from(part), cols = parts.cols(part);
      nn::Tape& tape = tapes[std::size_t(part)];
      MatrixF& slope = slopes[std::size_t(part)];
      slope = network_.forward(params_, seen.middleCols(first, cols), no_late, tape);
      slope = scale * (slope - scaled_targets.middleCols(first, cols));
      gradients.col(part).setZero();
      network_.backward(params_, tape, slope, gradients.col(part));
    });
    VectorF gradient = VectorF::Zero(params_.size());
    nn::add_columns(gradients, gradient);
    optimiser_.step(params_, gradient, p_.value_step_size);
  }
  if (!params_.allFinite())
    throw TrialError("the value network is no longer finite; try a smaller value_step_size");
}

void ValueBaseline::state(Archive& archive) {
  archive("value_network", params_);
  optimiser_.state(archive);
}

}  // namespace rlrun
