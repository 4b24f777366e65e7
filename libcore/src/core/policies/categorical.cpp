#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/policies/distributions.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

template <class Logits>
double log_sum_exp(const Logits& logits) {
  const double top = double{logits.template maxCoeff<Eigen::PropagateNaN>()};
  double sum = 0;
  for (const float x : logits) sum += std::exp(double{x} - top);
  return top + std::log(sum);
}

// Sums f(column) in an order that does not depend on the threads.
template <class F>
double mean_over_columns(Index n, const F& f) {
  RLRUN_CHECK(n > 0);
  const Parts parts(n);
  Vector sums = Vector::Zero(parts.count);
  parallel_for(parts.count, [&](Index part) {
    for (Index j = parts.from(part); j < parts.from(part) + parts.cols(part); ++j)
      sums(part) += f(j);
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total / static_cast<double>(n);
}

// KL(old || now) of one choice.
template <class Logits>
double divergence(const Logits& old_logits, const Logits& logits) {
  const double old_sum = log_sum_exp(old_logits), new_sum = log_sum_exp(logits);
  double kl = 0;
  for (Index i = 0; i < logits.size(); ++i) {
    const double old_log = double{old_logits(i)} - old_sum;
    kl += std::exp(old_log) * (old_log - (double{logits(i)} - new_sum));
  }
  return kl;
}

template <class Logits>
double entropy_of(const Logits& logits, double log_sum) {
  double entropy = 0;
  for (const float x : logits) {
    const double log_p = double{x} - log_sum;
    entropy -= std::exp(log_p) * log_p;
  }
  return entropy;
}

// The largest logit, or a draw by the inverse of the distribution function.
template <class Logits>
Index choose(const Logits& logits, ActMode mode, Rng& stream) {
  Index choice = 0;
  if (mode == ActMode::kGreedy) {
    logits.maxCoeff(&choice);
    return choice;
  }
  const double top = double{logits.maxCoeff()};
  double sum = 0;
  for (const float x : logits) sum += std::exp(double{x} - top);
  double left = stream.uniform() * sum;
  for (; choice < logits.size() - 1; ++choice) {
    left -= std::exp(double{logits(choice)} - top);
    if (left < 0) break;
  }
  return choice;
}

// The Fisher information of softmax outputs is diag(p) - p p^T for each choice.
class CategoricalMetric final : public ActionDistribution::Metric {
 public:
  CategoricalMetric(MatrixFIn distribution, std::vector<Index> n_choices)
      : n_choices_(std::move(n_choices)), probabilities_(distribution) {
    for (Index j = 0; j < probabilities_.cols(); ++j) {
      Index first = 0;
      for (const Index n : n_choices_) {
        auto logits = probabilities_.col(j).segment(first, n);
        const double log_sum = log_sum_exp(logits);
        for (float& p : logits) p = static_cast<float>(std::exp(double{p} - log_sum));
        first += n;
      }
    }
  }

  void multiply(Index from, MatrixFOut tangents) const override {
    const float scale = 1 / static_cast<float>(probabilities_.cols());
    for (Index j = 0; j < tangents.cols(); ++j) {
      Index first = 0;
      for (const Index n : n_choices_) {
        const auto p = probabilities_.col(from + j).segment(first, n).array();
        auto tangent = tangents.col(j).segment(first, n).array();
        const float mean = (p * tangent).sum();
        tangent = scale * p * (tangent - mean);
        first += n;
      }
    }
  }

 private:
  std::vector<Index> n_choices_;
  MatrixF probabilities_;
};

}  // namespace

Categorical::Categorical(std::vector<Index> n_choices)
    : n_choices_(std::move(n_choices)),
      n_outputs_(std::accumulate(n_choices_.begin(), n_choices_.end(), Index{0})) {}

void Categorical::sample(ActMode mode, MatrixFIn outputs, VectorFIn /*prepared*/,
                         std::span<Rng> streams, MatrixFOut actions) const {
  for (Index j = 0; j < outputs.cols(); ++j)
    for_each_choice([&](Index k, Index first, Index n) {
      actions(k, j) = static_cast<float>(
          choose(outputs.col(j).segment(first, n), mode, streams[std::size_t(j)]));
    });
}

double Categorical::mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const {
  RLRUN_CHECK(old_distribution.cols() == distribution.cols());
  return mean_over_columns(distribution.cols(), [&](Index j) {
    double kl = 0;
    for_each_choice([&](Index, Index first, Index n) {
      kl += divergence(old_distribution.col(j).segment(first, n),
                       distribution.col(j).segment(first, n));
    });
    return kl;
  });
}

double Categorical::mean_entropy(MatrixFIn distribution) const {
  return mean_over_columns(distribution.cols(), [&](Index j) {
    double entropy = 0;
    for_each_choice([&](Index, Index first, Index n) {
      const auto logits = distribution.col(j).segment(first, n);
      entropy += entropy_of(logits, log_sum_exp(logits));
    });
    return entropy;
  });
}

void Categorical::write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                                 Workspace& /*workspace*/) const {
  RLRUN_CHECK(distribution.rows() == n_outputs_ && actions.rows() == action_dim());
  RLRUN_CHECK(actions.cols() == distribution.cols() && log_prob.size() == actions.cols());
  for (Index j = 0; j < log_prob.size(); ++j) {
    log_prob(j) = 0;
    for_each_choice([&](Index k, Index first, Index n) {
      const auto logits = distribution.col(j).segment(first, n);
      log_prob(j) += double{logits(static_cast<Index>(actions(k, j)))} - log_sum_exp(logits);
    });
  }
}

// d log p_a / d x_i = [i = a] - p_i.
void Categorical::add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                                        MatrixFOut gradient, Workspace& /*workspace*/) const {
  for (Index j = 0; j < distribution.cols(); ++j)
    for_each_choice([&](Index k, Index first, Index n) {
      const auto logits = distribution.col(j).segment(first, n);
      auto slope = gradient.col(j).segment(first, n);
      const double log_sum = log_sum_exp(logits);
      const auto action = static_cast<Index>(actions(k, j));
      for (Index i = 0; i < n; ++i) {
        const double p = std::exp(double{logits(i)} - log_sum);
        slope(i) += static_cast<float>(weights(j) * ((i == action ? 1.0 : 0.0) - p));
      }
    });
}

// d entropy / d x_i = -p_i (log p_i + entropy).
void Categorical::add_entropy_gradient(MatrixFIn distribution, double weight,
                                       MatrixFOut gradient) const {
  for (Index j = 0; j < distribution.cols(); ++j)
    for_each_choice([&](Index, Index first, Index n) {
      const auto logits = distribution.col(j).segment(first, n);
      auto slope = gradient.col(j).segment(first, n);
      const double log_sum = log_sum_exp(logits), entropy = entropy_of(logits, log_sum);
      for (Index i = 0; i < n; ++i) {
        const double log_p = double{logits(i)} - log_sum;
        slope(i) -= static_cast<float>(weight * std::exp(log_p) * (log_p + entropy));
      }
    });
}

// d KL(old || now) / d x_i = p_i - old p_i.
void Categorical::add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                                  MatrixFOut gradient, Workspace& /*workspace*/) const {
  for (Index j = 0; j < distribution.cols(); ++j)
    for_each_choice([&](Index, Index first, Index n) {
      const auto old_logits = old_distribution.col(j).segment(first, n);
      const auto logits = distribution.col(j).segment(first, n);
      auto slope = gradient.col(j).segment(first, n);
      const double old_sum = log_sum_exp(old_logits), sum = log_sum_exp(logits);
      for (Index i = 0; i < n; ++i) {
        const double p = std::exp(double{logits(i)} - sum);
        const double old_p = std::exp(double{old_logits(i)} - old_sum);
        slope(i) += static_cast<float>(weight * (p - old_p));
      }
    });
}

std::unique_ptr<ActionDistribution::Metric> Categorical::metric(MatrixFIn distribution) const {
  RLRUN_CHECK(distribution.rows() == n_outputs_ && distribution.cols() > 0);
  return std::make_unique<CategoricalMetric>(distribution, n_choices_);
}

}  // namespace rlrun
