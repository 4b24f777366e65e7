// A column is the means m and then the log standard deviations l; z = (a - m) / exp(l).

#include <cmath>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/policies/distributions.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

const float kMinLogStd = static_cast<float>(std::log(1e-6));

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

// The information is 1 / std^2 for a mean, and 2 for a log standard deviation above its floor.
class GaussianMetric final : public ActionDistribution::Metric {
 public:
  explicit GaussianMetric(MatrixFIn distribution) {
    const Index m = distribution.rows() / 2;
    const VectorF log_std = distribution.col(0).tail(m);
    const VectorF std = log_std.unaryExpr([](float l) { return std::exp(l); });
    weight_ = (std.array().square() * static_cast<float>(distribution.cols())).inverse();
  }
  void multiply(Index /*from*/, MatrixFOut tangents) const override {
    tangents.array().colwise() *= weight_.array();
  }
  void multiply_shared(VectorFOut tangent) const override { tangent *= 2; }

 private:
  VectorF weight_;
};

}  // namespace

// Not cwiseMax: a parameter that is not a number must stay one.
VectorF Gaussian::shared(VectorFIn params) const {
  return params.unaryExpr([](float l) { return l < kMinLogStd ? kMinLogStd : l; });
}

bool Gaussian::is_learned(float shared_param) const {
  return !(shared_param < kMinLogStd);
}

VectorF Gaussian::prepared(VectorFIn shared) const {
  return shared.unaryExpr([](float l) { return std::exp(l); });
}

void Gaussian::sample(ActMode mode, MatrixFIn outputs, VectorFIn prepared, std::span<Rng> streams,
                      MatrixFOut actions) const {
  if (outputs.data() != actions.data()) actions = outputs;
  if (mode == ActMode::kGreedy) return;
  for (Index j = 0; j < actions.cols(); ++j) {
    Rng& stream = streams[std::size_t(j)];
    for (Index i = 0; i < m_; ++i)
      actions(i, j) += prepared(i) * static_cast<float>(stream.normal());
  }
}

std::unique_ptr<ActionDistribution::Metric> Gaussian::metric(MatrixFIn distribution) const {
  RLRUN_CHECK(distribution.rows() == 2 * m_ && distribution.cols() > 0);
  return std::make_unique<GaussianMetric>(distribution);
}

// KL(old || now) = sum [ ((m0 - m1)^2 + s0^2 - s1^2) / (2 s1^2 + 1e-8) + log s1 - log s0 ], with
// the small number of the code of Duan et al. 2016.
double Gaussian::mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const {
  const Index m = m_, n = distribution.cols();
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

double Gaussian::mean_entropy(MatrixFIn distribution) const {
  RLRUN_CHECK(distribution.rows() == 2 * m_ && distribution.cols() > 0);
  double sum = 0;
  for (Index j = 0; j < distribution.cols(); ++j)
    for (Index i = m_; i < 2 * m_; ++i) sum += double{distribution(i, j)};
  return sum / static_cast<double>(distribution.cols()) +
         static_cast<double>(m_) * (kHalfLogTwoPi + 0.5);
}

void Gaussian::write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                              Workspace& workspace) const {
  const Index m = m_, n = distribution.cols();
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
void Gaussian::add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                                     MatrixFOut gradient, Workspace& workspace) const {
  const Index m = m_;
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
void Gaussian::add_entropy_gradient(MatrixFIn /*distribution*/, double weight,
                                    MatrixFOut gradient) const {
  gradient.bottomRows(m_).array() += static_cast<float>(weight);
}

// With d = m - m_old: dKL/dm = d / s^2, dKL/dl = 1 - (s_old^2 + d^2) / s^2.
void Gaussian::add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                               MatrixFOut gradient, Workspace& workspace) const {
  const Index m = m_;
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
