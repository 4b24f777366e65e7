#include "rlrun/policies/categorical_mlp.hpp"

#include <algorithm>
#include <cmath>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

Index n_choices(const EnvSpec& spec) {
  const Discrete* discrete = std::get_if<Discrete>(&spec.action);
  if (discrete == nullptr)
    throw UserError("categorical_mlp needs one choice as its action (Discrete), but the task has " +
                    describe(spec.action) + "; gaussian_mlp fits continuous actions (Box)");
  return discrete->n;
}

double log_sum_exp(const Eigen::Ref<const VectorF>& logits) {
  const double top = double{logits.maxCoeff<Eigen::PropagateNaN>()};
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

// The Fisher information of softmax outputs is diag(p) - p p^T.
class CategoricalFisher final : public FisherOperator {
 public:
  CategoricalFisher(const nn::Mlp& network, VectorFIn params, const nn::ObservationInput& input,
                    MatrixFIn observations)
      : logits_(network, params, input, observations), probabilities_(logits_.outputs()) {
    for (Index j = 0; j < probabilities_.cols(); ++j) {
      const double log_sum = log_sum_exp(logits_.outputs().col(j));
      for (float& p : probabilities_.col(j)) p = static_cast<float>(std::exp(double{p} - log_sum));
    }
  }

  VectorF operator()(VectorFIn v) override {
    VectorF result = VectorF::Zero(v.size());  // nothing for the normalisation at its end
    const Index n = logits_.network().n_params();
    const float scale = 1 / static_cast<float>(probabilities_.cols());
    logits_.apply(
        v.head(n),
        [&](Index from, MatrixFOut columns) {
          for (Index j = 0; j < columns.cols(); ++j) {
            const auto p = probabilities_.col(from + j).array();
            const float mean = (p * columns.col(j).array()).sum();
            columns.col(j).array() = scale * p * (columns.col(j).array() - mean);
          }
        },
        result.head(n));
    return result;
  }

 private:
  GaussNewton logits_;
  MatrixF probabilities_;
};

}  // namespace

CategoricalMlp::CategoricalMlp(const Params& params, const EnvSpec& spec, Rng rng)
    : n_actions_(n_choices(spec)),
      input_(params.input(spec)),
      network_(nn::mlp_shape(input_.size(), params.hidden, n_actions_, params.activation)) {
  params_.resize(network_.n_params());
  init_network(network_, params_, params.init, rng);
  params_.conservativeResize(network_.n_params() + input_.n_params());
  input_.write(params_);
}

std::unique_ptr<Policy> CategoricalMlp::clone() const {
  return std::make_unique<CategoricalMlp>(*this);
}

void CategoricalMlp::set_params(VectorFIn params) {
  RLRUN_CHECK(params.size() == params_.size());
  params_ = params;
  input_.read(params_);
}

void CategoricalMlp::act(ActMode mode, MatrixFIn observations, MatrixFOut /*memory*/,
                         std::span<Rng> streams, MatrixFOut actions, Workspace& workspace) const {
  const MatrixF no_late;
  const Workspace::Scope scope(workspace);
  Workspace::Map logits = workspace.matrix(n_actions_, observations.cols());
  network_.infer(network_params(), input_.view(observations, workspace), no_late, logits,
                 workspace);
  for (Index j = 0; j < observations.cols(); ++j) {
    Index choice = 0;
    if (mode == ActMode::kGreedy) {
      logits.col(j).maxCoeff(&choice);
    } else {
      // Inverse of the distribution function.
      const double top = double{logits.col(j).maxCoeff()};
      double sum = 0;
      for (Index i = 0; i < n_actions_; ++i) sum += std::exp(double{logits(i, j)} - top);
      double left = streams[std::size_t(j)].uniform() * sum;
      for (; choice < n_actions_ - 1; ++choice) {
        left -= std::exp(double{logits(choice, j)} - top);
        if (left < 0) break;
      }
    }
    actions(0, j) = static_cast<float>(choice);
  }
}

MatrixF CategoricalMlp::distribution(MatrixFIn observations) const {
  MatrixF logits(n_actions_, observations.cols());
  infer_parallel(network_, network_params(), input_, observations, logits);
  return logits;
}

Vector CategoricalMlp::log_prob(MatrixFIn distribution, MatrixFIn actions) const {
  Vector result(distribution.cols());
  Workspace workspace;
  write_log_prob(distribution, actions, result, workspace);
  return result;
}

double CategoricalMlp::mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const {
  RLRUN_CHECK(old_distribution.cols() == distribution.cols());
  return mean_over_columns(distribution.cols(), [&](Index j) {
    const double old_sum = log_sum_exp(old_distribution.col(j));
    const double new_sum = log_sum_exp(distribution.col(j));
    double kl = 0;
    for (Index i = 0; i < n_actions_; ++i) {
      const double old_log = double{old_distribution(i, j)} - old_sum;
      kl += std::exp(old_log) * (old_log - (double{distribution(i, j)} - new_sum));
    }
    return kl;
  });
}

double CategoricalMlp::mean_entropy(MatrixFIn distribution) const {
  return mean_over_columns(distribution.cols(), [&](Index j) {
    const double log_sum = log_sum_exp(distribution.col(j));
    double entropy = 0;
    for (const float x : distribution.col(j)) {
      const double log_p = double{x} - log_sum;
      entropy -= std::exp(log_p) * log_p;
    }
    return entropy;
  });
}

VectorF CategoricalMlp::grad_log_prob(MatrixFIn observations, MatrixFIn actions,
                                      VectorIn weights) const {
  RLRUN_CHECK(actions.rows() == 1 && actions.cols() == observations.cols());
  RLRUN_CHECK(weights.size() == observations.cols());
  VectorF gradient = VectorF::Zero(params_.size());
  gradient_parallel(
      network_, network_params(), input_, observations,
      [&](Index /*part*/, Index from, MatrixFIn logits, MatrixFOut grad_logits) {
        Workspace workspace;
        grad_logits.setZero();
        add_log_prob_gradient(logits, actions.middleCols(from, logits.cols()),
                              weights.segment(from, logits.cols()), grad_logits, workspace);
      },
      gradient.head(network_.n_params()));
  return gradient;
}

void CategoricalMlp::add_gradient(MatrixFIn observations, DistributionLoss loss,
                                  VectorFOut gradient, PassScratch& scratch) const {
  RLRUN_CHECK(gradient.size() == params_.size());
  const MatrixF no_late;
  const Workspace::Scope scope(scratch.workspace);
  const auto logits = network_.forward(
      network_params(), input_.view(observations, scratch.workspace), no_late, scratch.tape);
  Workspace::Map grad_logits = scratch.workspace.matrix(n_actions_, observations.cols());
  grad_logits.setZero();
  loss(logits, grad_logits);
  network_.backward(network_params(), scratch.tape, grad_logits,
                    gradient.head(network_.n_params()));
}

void CategoricalMlp::write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                                    Workspace& /*workspace*/) const {
  RLRUN_CHECK(distribution.rows() == n_actions_ && actions.rows() == 1);
  RLRUN_CHECK(actions.cols() == distribution.cols() && log_prob.size() == actions.cols());
  for (Index j = 0; j < log_prob.size(); ++j)
    log_prob(j) = double{distribution(static_cast<Index>(actions(0, j)), j)} -
                  log_sum_exp(distribution.col(j));
}

// d log p_a / d x_i = [i = a] - p_i.
void CategoricalMlp::add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions,
                                           VectorIn weights, MatrixFOut gradient,
                                           Workspace& /*workspace*/) const {
  for (Index j = 0; j < distribution.cols(); ++j) {
    const double log_sum = log_sum_exp(distribution.col(j));
    const auto action = static_cast<Index>(actions(0, j));
    for (Index i = 0; i < n_actions_; ++i) {
      const double p = std::exp(double{distribution(i, j)} - log_sum);
      gradient(i, j) += static_cast<float>(weights(j) * ((i == action ? 1.0 : 0.0) - p));
    }
  }
}

// d entropy / d x_i = -p_i (log p_i + entropy).
void CategoricalMlp::add_entropy_gradient(MatrixFIn distribution, double weight,
                                          MatrixFOut gradient) const {
  for (Index j = 0; j < distribution.cols(); ++j) {
    const double log_sum = log_sum_exp(distribution.col(j));
    double entropy = 0;
    for (const float x : distribution.col(j))
      entropy -= std::exp(double{x} - log_sum) * (double{x} - log_sum);
    for (Index i = 0; i < n_actions_; ++i) {
      const double log_p = double{distribution(i, j)} - log_sum;
      gradient(i, j) -= static_cast<float>(weight * std::exp(log_p) * (log_p + entropy));
    }
  }
}

// d KL(old || now) / d x_i = p_i - old p_i.
void CategoricalMlp::add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution,
                                     double weight, MatrixFOut gradient,
                                     Workspace& /*workspace*/) const {
  for (Index j = 0; j < distribution.cols(); ++j) {
    const double old_sum = log_sum_exp(old_distribution.col(j));
    const double sum = log_sum_exp(distribution.col(j));
    for (Index i = 0; i < n_actions_; ++i) {
      const double p = std::exp(double{distribution(i, j)} - sum);
      const double old_p = std::exp(double{old_distribution(i, j)} - old_sum);
      gradient(i, j) += static_cast<float>(weight * (p - old_p));
    }
  }
}

std::unique_ptr<FisherOperator> CategoricalMlp::fisher(MatrixFIn observations) const {
  RLRUN_CHECK(observations.cols() > 0);
  return std::make_unique<CategoricalFisher>(network_, network_params(), input_, observations);
}

}  // namespace rlrun
