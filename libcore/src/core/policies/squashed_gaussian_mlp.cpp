#include "rlrun/policies/squashed_gaussian_mlp.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rlrun/error.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

constexpr float kLog2 = std::numbers::ln2_v<float>;
const float kHalfLogTwoPiFloat = static_cast<float>(kHalfLogTwoPi);

nn::MlpShape actor_shape(const SquashedGaussianMlp::Params& params, const EnvSpec& spec,
                         Index inputs) {
  bounded_actions(spec, "squashed_gaussian_mlp",
                  std::holds_alternative<Box>(spec.action)
                      ? "; gaussian_mlp fits actions without bounds"
                      : "; categorical_mlp fits one choice (Discrete)");
  return nn::mlp_shape(inputs, params.hidden, 2 * spec.action_dim(), params.activation);
}

SquashedGaussian::Bounds bounds_named(const std::string& name) {
  return name == "tanh" ? SquashedGaussian::Bounds::kTanh : SquashedGaussian::Bounds::kClamp;
}

// Columns of a matrix whose columns lie side by side, as one array: whole registers, whatever dim.
auto flat(MatrixF& matrix, Index from, Index cols) {
  return Eigen::Map<Eigen::ArrayXf>(matrix.col(from).data(), matrix.rows() * cols);
}

}  // namespace

SquashedGaussian::Sample::Sample(Index dim, Index n)
    : noise(dim, n), actions(dim, n), log_prob(n), log_std(dim, n), std(dim, n), slope(dim, n) {}

float SquashedGaussian::log_std(float output) const {
  if (bounds_ == Bounds::kTanh) return low_ + (high_ - low_) / 2 * (std::tanh(output) + 1);
  // What is not a number must stay so.
  return output < low_ ? low_ : output > high_ ? high_ : output;
}

void SquashedGaussian::draw(MatrixFIn outputs, Index from, Sample& sample) const {
  const Index cols = outputs.cols();
  auto mean = sample.actions.middleCols(from, cols);
  mean = outputs.topRows(dim_);
  sample.log_std.middleCols(from, cols) = outputs.bottomRows(dim_);

  auto log_std = flat(sample.log_std, from, cols);
  auto std = flat(sample.std, from, cols);
  auto slope = flat(sample.slope, from, cols);
  if (bounds_ == Bounds::kTanh) {
    const float half = (high_ - low_) / 2;
    log_std = log_std.tanh();
    slope = half * (1 - log_std.square());
    log_std = low_ + half * (log_std + 1);
  } else {
    slope = (log_std >= low_ && log_std <= high_).cast<float>();
    log_std = (log_std < low_).select(low_, log_std);  // what is not a number stays so
    log_std = (log_std > high_).select(high_, log_std);
  }
  std = log_std.exp();

  // log pi = -z^2/2 - log std - log(2 pi)/2 - log(1 - tanh(u)^2), the last of which is
  // 2 (log 2 - |u| - log(1 + exp(-2 |u|))) without loss for large |u|.
  auto z = flat(sample.noise, from, cols);
  auto y = flat(sample.actions, from, cols);
  y = y + std * z;
  log_std = -0.5F * z.square() - log_std - kHalfLogTwoPiFloat -
            2 * (kLog2 - y.abs() - (1 + (-2 * y.abs()).exp()).log());
  y = y.tanh();
  for (Index j = from; j < from + cols; ++j) sample.log_prob(j) = sample.log_std.col(j).sum();
}

void SquashedGaussian::backward(const Sample& sample, Index from, float w, MatrixFIn g,
                                MatrixFOut gradient) const {
  for (Index j = 0; j < g.cols(); ++j)
    for (Index i = 0; i < dim_; ++i) {
      const float y = sample.actions(i, from + j);
      // d log pi / du = 2 y and dy/du = 1 - y^2; u moves with the mean by 1 and with log std by
      // std z; log pi falls by 1 with log std besides.
      const float by_u = 2 * w * y + g(i, j) * (1 - y * y);
      gradient(i, j) = by_u;
      gradient(dim_ + i, j) = (by_u * sample.std(i, from + j) * sample.noise(i, from + j) - w) *
                              sample.slope(i, from + j);
    }
}

void SquashedGaussianMlp::Params::check() const {
  if (min_log_std >= max_log_std)
    throw UserError("min_log_std = " + std::to_string(min_log_std) +
                    " must be below max_log_std = " + std::to_string(max_log_std));
}

SquashedGaussianMlp::SquashedGaussianMlp(const Params& params, const EnvSpec& spec, Rng rng)
    : input_(params.input(spec)),
      network_(actor_shape(params, spec, input_.size())),
      distribution_(spec.action_dim(), static_cast<float>(params.min_log_std),
                    static_cast<float>(params.max_log_std), bounds_named(params.log_std_bounds)),
      box_(std::get<Box>(spec.action)),
      params_(network_.n_params()) {
  nn::init_fan_in_uniform(network_, params_, rng);
}

std::unique_ptr<Policy> SquashedGaussianMlp::clone() const {
  return std::make_unique<SquashedGaussianMlp>(*this);
}

void SquashedGaussianMlp::set_params(VectorFIn params) {
  RLRUN_CHECK(params.size() == params_.size());
  params_ = params;
}

float SquashedGaussianMlp::normalised(Index entry, float action) const {
  const float low = box_.low(entry), high = box_.high(entry);
  return high > low ? 2 * (action - low) / (high - low) - 1 : 0.0F;
}

float SquashedGaussianMlp::denormalised(Index entry, float y) const {
  const float low = box_.low(entry), high = box_.high(entry);
  return std::clamp((high + low) / 2 + (high - low) / 2 * y, low, high);
}

void SquashedGaussianMlp::act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const {
  const Workspace::Scope scope(workspace);
  const Index dim = distribution_.dim();
  Workspace::Map outputs = workspace.matrix(2 * dim, in.observations.cols());
  const MatrixF no_late;
  network_.infer(params_, input_.view(in.observations, workspace), no_late, outputs, workspace);
  // Entry by entry, so that an action does not depend on how many there are.
  for (Index j = 0; j < actions.cols(); ++j)
    for (Index i = 0; i < dim; ++i) {
      float u = outputs(i, j);
      if (in.mode == ActMode::kExplore)
        u += std::exp(distribution_.log_std(outputs(dim + i, j))) *
             static_cast<float>(in.streams[std::size_t(j)].normal());
      actions(i, j) = denormalised(i, std::tanh(u));
    }
}

}  // namespace rlrun
