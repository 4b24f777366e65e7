#include "rlrun/policies/bounded_gaussian_mlp.hpp"

#include <cmath>

#include "rlrun/error.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

Box bounded_box(const EnvSpec& spec, double min_std) {
  const Box& box = bounded_actions(spec, "bounded_gaussian_mlp");
  const float narrowest = (box.high - box.low).minCoeff();
  if (!(double{narrowest} > min_std))
    throw UserError("bounded_gaussian_mlp: min_std = " + std::to_string(min_std) +
                    " must be less than the range of every action, of which one is " +
                    std::to_string(narrowest));
  return box;
}

// A network whose outputs lie between two corners.
nn::Mlp network_into(const VectorF& low, const VectorF& high, Index inputs,
                     const BoundedGaussianMlp::Params& params) {
  nn::MlpShape shape = nn::mlp_shape(inputs, params.hidden, low.size(), params.activation);
  shape.output_activation = nn::Activation::kTanh;
  shape.output_scale = (high - low) / 2;
  shape.output_shift = (high + low) / 2;
  return nn::Mlp(shape);
}

VectorF log_variance_of(const VectorF& std) {
  return 2 * std.array().log();
}

// Numbers are scaled; one-hot choices need no scale.
nn::ObservationInput scaled_input(const EnvSpec& spec, const BoundedGaussianMlp::Params& params) {
  const nn::ObservationInput input = params.input(spec);
  if (input.one_hot().on()) return input;
  return params.input(spec, nn::ObservationInput::Scaling::kShiftAndScale);
}

// Hidden layers that spread, and an output that is the same everywhere.
void init_constant(const nn::Mlp& network, VectorF& params, const VectorF& output, const Rng& rng) {
  nn::init_unit_rows(network, params, rng);
  const Index last = network.n_layers() - 1;
  network.weights(params, last).setZero();
  network.biases(params, last) = (output - network.shape().output_shift)
                                     .cwiseQuotient(network.shape().output_scale)
                                     .array()
                                     .atanh();
}

}  // namespace

BoundedGaussianMlp::BoundedGaussianMlp(const Params& params, const EnvSpec& spec, const Rng& rng)
    : box_(bounded_box(spec, params.min_std)),
      input_(scaled_input(spec, params)),
      mean_(network_into(box_.low, box_.high, input_.size(), params)),
      log_variance_(network_into(
          log_variance_of(VectorF::Constant(box_.low.size(), static_cast<float>(params.min_std))),
          log_variance_of(box_.high - box_.low), input_.size(), params)),
      params_(mean_.n_params() + log_variance_.n_params() + input_.n_params()) {
  VectorF mean(mean_.n_params()), log_variance(log_variance_.n_params());
  init_constant(mean_, mean, (box_.high + box_.low) / 2, rng.fork("mean"));
  init_constant(log_variance_, log_variance, log_variance_of((box_.high - box_.low) / 2),
                rng.fork("log_variance"));
  set_networks(mean, log_variance);
  input_.write(params_);
}

std::unique_ptr<Policy> BoundedGaussianMlp::clone() const {
  return std::make_unique<BoundedGaussianMlp>(*this);
}

void BoundedGaussianMlp::set_params(VectorFIn params) {
  RLRUN_CHECK(params.size() == params_.size());
  params_ = params;
  input_.read(params_);
}

void BoundedGaussianMlp::set_networks(VectorFIn mean_params, VectorFIn log_variance_params) {
  params_.head(mean_.n_params()) = mean_params;
  params_.segment(mean_.n_params(), log_variance_.n_params()) = log_variance_params;
}

void BoundedGaussianMlp::act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const {
  const MatrixF no_late;
  const Workspace::Scope scope(workspace);
  const auto seen = input_.view(in.observations, workspace);
  mean_.infer(mean_params(), seen, no_late, actions, workspace);
  if (in.mode == ActMode::kGreedy) return;
  Workspace::Map log_variance = workspace.matrix(actions.rows(), actions.cols());
  log_variance_.infer(log_variance_params(), seen, no_late, log_variance, workspace);
  for (Index j = 0; j < actions.cols(); ++j)
    for (Index i = 0; i < actions.rows(); ++i) {
      const float std = std::exp(log_variance(i, j) / 2);
      const float wish =
          actions(i, j) + std * static_cast<float>(in.streams[std::size_t(j)].normal());
      // What is not a number passes and shows.
      actions(i, j) = wish < box_.low(i) ? box_.low(i) : wish > box_.high(i) ? box_.high(i) : wish;
    }
}

}  // namespace rlrun
