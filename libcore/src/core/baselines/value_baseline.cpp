#include "rlrun/baselines/value_baseline.hpp"

#include <array>
#include <memory>
#include <vector>

#include "rlrun/error.hpp"
#include "rlrun/nn/parts.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {

VectorF initial_value_params(const nn::Network& network, const Rng& rng) {
  VectorF params(network.n_params());
  network.initialize(params, nn::Init::kOrthogonal, 1, rng);
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
      network_(policy.network_like(params.value_hidden, params.value_activation, 1)),
      params_(initial_value_params(*network_, rng.fork("value_network"))),
      optimiser_(params_.size()) {}

Vector ValueBaseline::predict(const Episode& episode) const {
  static constexpr std::array<Index, 1> kStart = {0};  // the whole episode is one sequence
  MatrixF values(1, episode.observations.cols());
  nn::outputs_in_parts(*network_, params_, policy_.input(), nn::Steps(episode.observations, kStart),
                       values);
  return values.row(0).cast<double>();
}

void ValueBaseline::fit(const Batch& batch, VectorIn targets) {
  RLRUN_CHECK(targets.size() == n_steps(batch) && targets.size() > 0);
  MatrixF seen(network_->inputs(), targets.size());
  std::vector<Index> starts;
  Index from = 0;
  for (const Episode& episode : batch) {
    if (episode.length() == 0) continue;
    starts.push_back(from);
    policy_.input().apply(episode.states(), seen.middleCols(from, episode.length()));
    from += episode.length();
  }

  const nn::Steps steps(seen, starts);
  const nn::Parts parts(steps, network_->memory_size() > 0);
  std::vector<std::unique_ptr<nn::Network::Tape>> tapes(static_cast<std::size_t>(parts.count));
  for (auto& tape : tapes) tape = network_->tape();
  std::vector<MatrixF> slopes(static_cast<std::size_t>(parts.count));
  MatrixF gradients(params_.size(), parts.count);
  const MatrixF scaled_targets = targets.transpose().cast<float>();
  const float scale = 2 / static_cast<float>(targets.size());
  for (std::int64_t step = 0; step < p_.value_steps; ++step) {
    parallel_for(parts.count, [&](Index p) {
      const nn::StepsPart part(steps, parts, p);
      nn::Network::Tape& tape = *tapes[std::size_t(p)];
      MatrixF& slope = slopes[std::size_t(p)];
      slope = network_->forward(params_, part.steps(), tape);
      slope = scale * (slope - scaled_targets.middleCols(parts.from(p), parts.cols(p)));
      gradients.col(p).setZero();
      Eigen::Map<MatrixF> none(nullptr, 0, 0);
      network_->backward(params_, tape, slope, gradients.col(p), none);
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
