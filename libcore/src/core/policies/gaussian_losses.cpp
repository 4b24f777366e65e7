// Pieces of losses of a Gaussian distribution, column by column.
//
// A column is the means m and then the log standard deviations l; z = (a - m) / exp(l).

#include "rlrun/error.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

// exp(-l) of a column, anew only where l differs from the column before: log standard deviations
// are as a rule the same in all columns.
class InverseStd {
 public:
  InverseStd(MatrixFIn distribution, Workspace& workspace)
      : distribution_(distribution),
        m_(distribution.rows() / 2),
        log_std_(doubles(workspace), m_),
        values_(doubles(workspace), m_) {}

  const double* at(Index j) {
    const auto l = distribution_.col(j).tail(m_);
    if (j == 0 || l != distribution_.col(j - 1).tail(m_)) {
      log_std_ = l.cast<double>();
      values_ = (-log_std_).array().exp();
      log_sum_ = log_std_.sum();
    }
    return values_.data();
  }
  [[nodiscard]] double log_sum() const { return log_sum_; }

 private:
  using Map = Eigen::Map<Vector, Eigen::AlignedMax>;

  // The workspace's floats are aligned for any register.
  double* doubles(Workspace& workspace) const {
    return reinterpret_cast<double*>(workspace.matrix(2 * m_, 1).data());
  }

  MatrixFIn distribution_;
  Index m_;
  Map log_std_, values_;
  double log_sum_ = 0;
};

}  // namespace

void GaussianMlp::write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                                 Workspace& workspace) const {
  const Index m = action_dim_, n = distribution.cols();
  RLRUN_CHECK(distribution.rows() == 2 * m && actions.rows() == m && actions.cols() == n);
  RLRUN_CHECK(log_prob.size() == n);
  const Workspace::Scope scope(workspace);
  InverseStd inverse_std(distribution, workspace);
  for (Index j = 0; j < n; ++j) {
    const double* const inverse = inverse_std.at(j);
    const float *const mean = distribution.col(j).data(), *const action = actions.col(j).data();
    double squares = 0;
    for (Index i = 0; i < m; ++i) {
      const double z = (double{action[i]} - double{mean[i]}) * inverse[i];
      squares += z * z;
    }
    log_prob(j) = -inverse_std.log_sum() - static_cast<double>(m) * kHalfLogTwoPi - squares / 2;
  }
}

// d log p / d m = z exp(-l), d log p / d l = z^2 - 1.
void GaussianMlp::add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                                        MatrixFOut gradient, Workspace& workspace) const {
  const Index m = action_dim_;
  const Workspace::Scope scope(workspace);
  InverseStd inverse_std(distribution, workspace);
  for (Index j = 0; j < distribution.cols(); ++j) {
    const double weight = weights(j);
    const double* const inverse = inverse_std.at(j);
    if (weight == 0) continue;  // clipped away
    const float *const mean = distribution.col(j).data(), *const action = actions.col(j).data();
    float* const to = gradient.col(j).data();
    for (Index i = 0; i < m; ++i) {
      const double z = (double{action[i]} - double{mean[i]}) * inverse[i];
      to[i] += static_cast<float>(weight * z * inverse[i]);
      to[m + i] += static_cast<float>(weight * (z * z - 1));
    }
  }
}

// The entropy is sum_i l_i and a constant.
void GaussianMlp::add_entropy_gradient(MatrixFIn /*distribution*/, double weight,
                                       MatrixFOut gradient) const {
  gradient.bottomRows(action_dim_).array() += static_cast<float>(weight);
}

// With d = m - m_old: dKL/dm = d / s^2, dKL/dl = 1 - (s_old^2 + d^2) / s^2.
void GaussianMlp::add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                                  MatrixFOut gradient, Workspace& workspace) const {
  const Index m = action_dim_;
  const Workspace::Scope scope(workspace);
  InverseStd inverse_std(distribution, workspace), old_inverse_std(old_distribution, workspace);
  for (Index j = 0; j < distribution.cols(); ++j) {
    const double *const inverse = inverse_std.at(j), *const old_inverse = old_inverse_std.at(j);
    const float *const mean = distribution.col(j).data(), *const old_mean =
                                                              old_distribution.col(j).data();
    float* const to = gradient.col(j).data();
    for (Index i = 0; i < m; ++i) {
      const double z = (double{mean[i]} - double{old_mean[i]}) * inverse[i];
      const double ratio = inverse[i] / old_inverse[i];  // old deviation over new
      to[i] += static_cast<float>(weight * z * inverse[i]);
      to[m + i] += static_cast<float>(weight * (1 - ratio * ratio - z * z));
    }
  }
}

}  // namespace rlrun
