#include "rlrun/policies/gaussian_mlp.hpp"

#include <cmath>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

const float kMinLogStd = static_cast<float>(std::log(1e-6));

Index continuous_dim(const EnvSpec& spec) {
  if (!std::holds_alternative<Box>(spec.action))
    throw UserError("gaussian_mlp needs continuous actions (Box), but the task has " +
                    describe(spec.action) + "; categorical_mlp fits one choice (Discrete)");
  return spec.action_dim();
}

// Log standard deviations are as a rule the same in all columns; what is computed from them is
// computed anew only where they change.
template <class Values>
class PerLogStd {
 public:
  template <class Columns, class Compute>
  const Values& at(const Columns& log_std, const Compute& compute) {
    if (seen_.size() != log_std.size() || seen_ != log_std) {
      seen_ = log_std;
      values_ = compute(seen_.template cast<double>());
    }
    return values_;
  }

 private:
  VectorF seen_;
  Values values_;
};

// F = J^T diag(1 / std^2) J / n for the mean, 2 for each log standard deviation above its floor.
class GaussianFisher final : public FisherOperator {
 public:
  GaussianFisher(const nn::Mlp& network, VectorFIn network_params,
                 const nn::ObservationInput& input, MatrixFIn observations, const VectorF& std,
                 VectorF log_std_metric)
      : mean_(network, network_params, input, observations),
        weight_((std.array().square() * static_cast<float>(observations.cols())).inverse()),
        log_std_metric_(std::move(log_std_metric)) {}

  VectorF operator()(VectorFIn v) override {
    const Index n = mean_.network().n_params(), m = weight_.size();
    RLRUN_CHECK(v.size() >= n + m);
    VectorF result(v.size());
    mean_.apply(
        v.head(n), [&](Index, MatrixFOut columns) { columns.array().colwise() *= weight_.array(); },
        result.head(n));
    result.segment(n, m) = log_std_metric_.cwiseProduct(v.segment(n, m));
    result.tail(v.size() - n - m).setZero();  // the normalisation
    return result;
  }

 private:
  GaussNewton mean_;
  VectorF weight_, log_std_metric_;
};

}  // namespace

GaussianMlp::GaussianMlp(const Params& params, const EnvSpec& spec, Rng rng)
    : action_dim_(continuous_dim(spec)),
      input_(params.input(spec)),
      network_(nn::mlp_shape(input_.size(), params.hidden, action_dim_, params.activation)),
      params_(network_.n_params() + action_dim_ + input_.n_params()) {
  VectorF initial(params_.size());
  init_network(network_, initial, params.init, rng);
  initial.segment(network_.n_params(), action_dim_)
      .setConstant(static_cast<float>(std::log(params.initial_std)));
  input_.write(initial);
  set_params(initial);
}

std::unique_ptr<Policy> GaussianMlp::clone() const {
  return std::make_unique<GaussianMlp>(*this);
}

void GaussianMlp::set_params(VectorFIn params) {
  RLRUN_CHECK(params.size() == params_.size());
  params_ = params;
  input_.read(params_);
  // Not cwiseMax: a parameter that is not a number must stay one.
  log_std_ = log_std_params().unaryExpr([](float l) { return l < kMinLogStd ? kMinLogStd : l; });
  std_ = log_std_.unaryExpr([](float l) { return std::exp(l); });
}

void GaussianMlp::act(ActMode mode, MatrixFIn observations, MatrixFOut /*memory*/,
                      std::span<Rng> streams, MatrixFOut actions, Workspace& workspace) const {
  const MatrixF no_late;
  const Workspace::Scope scope(workspace);
  network_.infer(network_params(), input_.view(observations, workspace), no_late, actions,
                 workspace);
  if (mode == ActMode::kGreedy) return;
  for (Index j = 0; j < actions.cols(); ++j) {
    Rng& stream = streams[std::size_t(j)];
    for (Index i = 0; i < action_dim_; ++i)
      actions(i, j) += std_(i) * static_cast<float>(stream.normal());
  }
}

MatrixF GaussianMlp::distribution(MatrixFIn observations) const {
  MatrixF result(2 * action_dim_, observations.cols());
  infer_parallel(network_, network_params(), input_, observations, result.topRows(action_dim_));
  result.bottomRows(action_dim_).colwise() = log_std_;
  return result;
}

Vector GaussianMlp::log_prob(MatrixFIn distribution, MatrixFIn actions) const {
  RLRUN_CHECK(actions.cols() == distribution.cols());
  Vector result(distribution.cols());
  const Parts parts(result.size());
  parallel_for(parts.count, [&](Index part) {
    Workspace workspace;
    const Index from = parts.from(part), cols = parts.cols(part);
    write_log_prob(distribution.middleCols(from, cols), actions.middleCols(from, cols),
                   result.segment(from, cols), workspace);
  });
  return result;
}

// KL(old || now) = sum [ ((m0 - m1)^2 + s0^2 - s1^2) / (2 s1^2 + 1e-8) + log s1 - log s0 ], with
// the small number of the code of Duan et al. 2016.
double GaussianMlp::mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const {
  const Index m = action_dim_, n = distribution.cols();
  RLRUN_CHECK(distribution.rows() == 2 * m && old_distribution.rows() == 2 * m);
  RLRUN_CHECK(old_distribution.cols() == n && n > 0);
  struct Values {
    Vector inverse;       // 1 / (2 s1^2 + 1e-8)
    double constant = 0;  // what does not depend on the means
  };
  const Parts parts(n);
  Vector sums = Vector::Zero(parts.count);
  parallel_for(parts.count, [&](Index part) {
    PerLogStd<Values> values;
    VectorF both(2 * m);
    for (Index j = parts.from(part); j < parts.from(part) + parts.cols(part); ++j) {
      both << old_distribution.col(j).tail(m), distribution.col(j).tail(m);
      const Values& now = values.at(both, [&](const Vector& log_stds) {
        const Vector old_var = (2 * log_stds.head(m)).array().exp();
        const Vector var = (2 * log_stds.tail(m)).array().exp();
        Values v;
        v.inverse = (2 * var.array() + 1e-8).inverse();
        v.constant = (old_var - var).dot(v.inverse) + (log_stds.tail(m) - log_stds.head(m)).sum();
        return v;
      });
      double sum = now.constant;
      for (Index i = 0; i < m; ++i) {
        const double d = double{old_distribution(i, j)} - double{distribution(i, j)};
        sum += d * d * now.inverse(i);
      }
      sums(part) += sum;
    }
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total / static_cast<double>(n);
}

double GaussianMlp::mean_entropy(MatrixFIn distribution) const {
  RLRUN_CHECK(distribution.rows() == 2 * action_dim_ && distribution.cols() > 0);
  double sum = 0;
  for (Index j = 0; j < distribution.cols(); ++j)
    for (Index i = action_dim_; i < 2 * action_dim_; ++i) sum += double{distribution(i, j)};
  return sum / static_cast<double>(distribution.cols()) +
         static_cast<double>(action_dim_) * (kHalfLogTwoPi + 0.5);
}

VectorF GaussianMlp::grad_log_prob(MatrixFIn observations, MatrixFIn actions,
                                   VectorIn weights) const {
  const Index m = action_dim_;
  RLRUN_CHECK(actions.rows() == m && actions.cols() == observations.cols());
  RLRUN_CHECK(weights.size() == observations.cols());
  const VectorF inverse_std = std_.cwiseInverse();
  Matrix log_std_sums = Matrix::Zero(m, Parts(observations.cols()).count);
  VectorF gradient = VectorF::Zero(params_.size());
  // d log p / d mean = z / std, d log p / d log std = z^2 - 1, with z = (a - mean) / std.
  gradient_parallel(
      network_, network_params(), input_, observations,
      [&](Index part, Index from, MatrixFIn means, MatrixFOut grad_means) {
        for (Index j = 0; j < means.cols(); ++j) {
          const double weight = weights(from + j);
          const auto weight_float = static_cast<float>(weight);
          for (Index i = 0; i < m; ++i) {
            const float z = (actions(i, from + j) - means(i, j)) * inverse_std(i);
            grad_means(i, j) = weight_float * z * inverse_std(i);
            log_std_sums(i, part) += weight * (double{z} * z - 1);
          }
        }
      },
      gradient.head(network_.n_params()));
  for (Index i = 0; i < m; ++i) {
    double sum = 0;
    for (Index part = 0; part < log_std_sums.cols(); ++part) sum += log_std_sums(i, part);
    // On its floor a log standard deviation changes nothing.
    const bool floored = params_(network_.n_params() + i) < kMinLogStd;
    gradient(network_.n_params() + i) = floored ? 0.0F : static_cast<float>(sum);
  }
  return gradient;
}

std::unique_ptr<FisherOperator> GaussianMlp::fisher(MatrixFIn observations) const {
  RLRUN_CHECK(observations.cols() > 0);
  const VectorF log_std_metric =
      log_std_params().unaryExpr([](float l) { return l < kMinLogStd ? 0.0F : 2.0F; });
  return std::make_unique<GaussianFisher>(network_, network_params(), input_, observations, std_,
                                          log_std_metric);
}

void GaussianMlp::add_gradient(MatrixFIn observations, DistributionLoss loss, VectorFOut gradient,
                               PassScratch& scratch) const {
  RLRUN_CHECK(gradient.size() == params_.size());
  const Index m = action_dim_, n = observations.cols();
  const MatrixF no_late;
  const Workspace::Scope scope(scratch.workspace);
  Workspace::Map distribution = scratch.workspace.matrix(2 * m, n);
  distribution.topRows(m) = network_.forward(
      network_params(), input_.view(observations, scratch.workspace), no_late, scratch.tape);
  distribution.bottomRows(m).colwise() = log_std_;
  Workspace::Map slope = scratch.workspace.matrix(2 * m, n);
  slope.setZero();
  loss(distribution, slope);
  Workspace::Map mean_slope = scratch.workspace.matrix(m, n);
  mean_slope = slope.topRows(m);
  network_.backward(network_params(), scratch.tape, mean_slope, gradient.head(network_.n_params()));
  auto log_std_gradient = gradient.segment(network_.n_params(), m);
  for (Index i = 0; i < m; ++i) {
    double sum = 0;
    for (Index j = 0; j < n; ++j) sum += double{slope(m + i, j)};
    // On its floor a log standard deviation changes nothing.
    if (!(log_std_params()(i) < kMinLogStd)) log_std_gradient(i) += static_cast<float>(sum);
  }
}

}  // namespace rlrun
