#include "rlrun/policy.hpp"

#include "rlrun/error.hpp"
#include "rlrun/nn/parts.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {

ActionDistribution::~ActionDistribution() = default;
ActionDistribution::Metric::~Metric() = default;
void ActionDistribution::Metric::multiply_shared(VectorFOut tangent) const {
  RLRUN_CHECK(tangent.size() == 0);
}

Vector ActionDistribution::log_prob(MatrixFIn distribution, MatrixFIn actions) const {
  RLRUN_CHECK(actions.cols() == distribution.cols());
  Vector result(distribution.cols());
  const nn::Parts parts(result.size());
  parallel_for(parts.count, [&](Index part) {
    Workspace workspace;
    const Index from = parts.from(part), cols = parts.cols(part);
    write_log_prob(distribution.middleCols(from, cols), actions.middleCols(from, cols),
                   result.segment(from, cols), workspace);
  });
  return result;
}

Policy::~Policy() = default;
void Policy::set_normalization(VectorFIn shift, VectorFIn scale) {
  RLRUN_CHECK(normalizes() && shift.size() + scale.size() == normalization_size());
  VectorF all = params();
  all.tail(normalization_size()) << shift, scale;
  set_params(all);
}

FisherOperator::~FisherOperator() = default;
DeterministicPolicy::~DeterministicPolicy() = default;
StochasticPolicy::~StochasticPolicy() = default;

void StochasticPolicy::add_batch_gradient(const nn::Steps& steps, PartLoss loss,
                                          VectorFOut gradient) const {
  const nn::Parts parts(steps, memory_size() > 0);
  MatrixF gradients = MatrixF::Zero(gradient.size(), parts.count);
  parallel_for(parts.count, [&](Index p) {
    const nn::StepsPart part(steps, parts, p);
    PassScratch scratch;
    add_gradient(
        part.steps(),
        [&](MatrixFIn distribution, MatrixFOut slope) {
          loss(parts.from(p), distribution, slope, scratch.workspace);
        },
        gradients.col(p), scratch);
  });
  nn::add_columns(gradients, gradient);
}

VectorF StochasticPolicy::grad_log_prob(const nn::Steps& steps, MatrixFIn actions,
                                        VectorIn weights) const {
  RLRUN_CHECK(actions.rows() == head().action_dim() && actions.cols() == steps.columns.cols());
  RLRUN_CHECK(weights.size() == actions.cols());
  VectorF gradient = VectorF::Zero(params().size());
  add_batch_gradient(
      steps,
      [&](Index from, MatrixFIn distribution, MatrixFOut slope, Workspace& workspace) {
        const Index n = distribution.cols();
        head().add_log_prob_gradient(distribution, actions.middleCols(from, n),
                                     weights.segment(from, n), slope, workspace);
      },
      gradient);
  return gradient;
}

}  // namespace rlrun
