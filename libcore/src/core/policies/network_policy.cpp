#include "rlrun/policies/network_policy.hpp"

#include <utility>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

constexpr float kOutputGain = 0.01F;  // of orthogonal weights

// J' M J v, where J is the Jacobian of the network's outputs in its parameters at fixed steps, and M
// the metric of the distribution. The forward passes are kept.
class NetworkFisher final : public FisherOperator {
 public:
  NetworkFisher(std::shared_ptr<const nn::Network> network, VectorFIn params,
                const nn::ObservationInput& input, const nn::Steps& steps,
                const ActionDistribution& head, VectorFIn shared_params)
      : network_(std::move(network)),
        params_(params),
        parts_(steps, network_->memory_size() > 0),
        tapes_(std::size_t(parts_.count)),
        tangents_(std::size_t(parts_.count)),
        gradients_(network_->n_params(), parts_.count),
        is_learned_(shared_params.size()) {
    MatrixF distribution(head.size(), steps.columns.cols());
    distribution.bottomRows(head.n_shared()).colwise() = head.shared(shared_params);
    for (Index i = 0; i < is_learned_.size(); ++i)
      is_learned_(i) = head.is_learned(shared_params(i)) ? 1.0F : 0.0F;
    parallel_for(parts_.count, [&](Index p) {
      const nn::StepsPart part(steps, parts_, p);
      Workspace workspace;
      auto& tape = tapes_[std::size_t(p)] = network_->tape();
      distribution.topRows(head.n_outputs()).middleCols(parts_.from(p), parts_.cols(p)) =
          network_->forward(params_, part.seen_by(input, workspace), *tape);
      tangents_[std::size_t(p)].resize(head.n_outputs(), parts_.cols(p));
    });
    metric_ = head.metric(distribution);
  }

  VectorF operator()(VectorFIn v) override {
    const Index n = params_.size(), m = is_learned_.size();
    RLRUN_CHECK(v.size() >= n + m);
    const Eigen::Map<const MatrixF> no_inputs(nullptr, 0, 0);
    parallel_for(parts_.count, [&](Index p) {
      nn::Network::Tape& tape = *tapes_[std::size_t(p)];
      MatrixF& tangent = tangents_[std::size_t(p)];
      network_->jvp(params_, v.head(n), no_inputs, tape, tangent);
      metric_->multiply(parts_.from(p), tangent);
      gradients_.col(p).setZero();
      Eigen::Map<MatrixF> none(nullptr, 0, 0);
      network_->backward(params_, tape, tangent, gradients_.col(p), none);
    });
    VectorF result = VectorF::Zero(v.size());  // nothing for the normalisation at its end
    nn::add_columns(gradients_, result.head(n));
    auto shared = result.segment(n, m);
    shared = is_learned_.cwiseProduct(v.segment(n, m));
    metric_->multiply_shared(shared);
    return result;
  }

 private:
  std::shared_ptr<const nn::Network> network_;
  VectorF params_;
  nn::Parts parts_;
  std::vector<std::unique_ptr<nn::Network::Tape>> tapes_;  // one for each part
  std::vector<MatrixF> tangents_;                          // (outputs, columns of the part)
  MatrixF gradients_;                                      // (n_params, parts)
  VectorF is_learned_;
  std::unique_ptr<ActionDistribution::Metric> metric_;
};

}  // namespace

NetworkPolicy::NetworkPolicy(Body body, std::shared_ptr<const ActionDistribution> head,
                             VectorFIn shared, Rng rng)
    : input_(std::move(body.input)),
      make_(std::move(body.make)),
      network_(make_(input_.size(), body.hidden, body.activation, head->n_outputs())),
      head_(std::move(head)),
      params_(network_->n_params() + head_->n_shared() + input_.n_params()) {
  VectorF initial(params_.size());
  network_->initialize(initial.head(network_->n_params()), nn::init_named(body.init), kOutputGain,
                       rng);
  initial.segment(network_->n_params(), head_->n_shared()) = shared;
  input_.write(initial);
  set_params(initial);
}

std::unique_ptr<Policy> NetworkPolicy::clone() const {
  return std::make_unique<NetworkPolicy>(*this);
}

void NetworkPolicy::set_params(VectorFIn params) {
  RLRUN_CHECK(params.size() == params_.size());
  params_ = params;
  input_.read(params_);
  shared_ = head_->shared(shared_params());
  prepared_ = head_->prepared(shared_);
}

void NetworkPolicy::act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const {
  const Workspace::Scope scope(workspace);
  const auto seen = input_.view(in.observations, workspace);
  if (head_->n_outputs() == actions.rows()) {
    network_->infer(network_params(), seen, in.memory, actions, workspace);
    head_->sample(in.mode, actions, prepared_, in.streams, actions);
    return;
  }
  Workspace::Map outputs = workspace.matrix(head_->n_outputs(), actions.cols());
  network_->infer(network_params(), seen, in.memory, outputs, workspace);
  head_->sample(in.mode, outputs, prepared_, in.streams, actions);
}

std::shared_ptr<const nn::Network> NetworkPolicy::network_like(
    const std::vector<std::int64_t>& hidden, const std::string& activation, Index outputs) const {
  return make_(input_.size(), hidden, activation, outputs);
}

MatrixF NetworkPolicy::distribution(const nn::Steps& steps) const {
  MatrixF result(head_->size(), steps.columns.cols());
  nn::outputs_in_parts(*network_, network_params(), input_, steps,
                       result.topRows(head_->n_outputs()));
  result.bottomRows(head_->n_shared()).colwise() = shared_;
  return result;
}

void NetworkPolicy::add_gradient(const nn::Steps& steps, DistributionLoss loss, VectorFOut gradient,
                                 PassScratch& scratch) const {
  RLRUN_CHECK(gradient.size() == params_.size());
  if (!scratch.tape) scratch.tape = network_->tape();
  const Index n = steps.columns.cols(), n_outputs = head_->n_outputs(), m = head_->n_shared();
  const Workspace::Scope scope(scratch.workspace);
  const auto outputs = network_->forward(
      network_params(),
      nn::Steps(input_.view(steps.columns, scratch.workspace), steps.starts, steps.memory),
      *scratch.tape);
  Workspace::Map slope = scratch.workspace.matrix(head_->size(), n);
  slope.setZero();
  if (m == 0) {
    loss(outputs, slope);
  } else {
    Workspace::Map distribution = scratch.workspace.matrix(head_->size(), n);
    distribution.topRows(n_outputs) = outputs;
    distribution.bottomRows(m).colwise() = shared_;
    loss(distribution, slope);
  }
  Eigen::Map<MatrixF> none(nullptr, 0, 0);
  network_->backward(network_params(), *scratch.tape, slope.topRows(n_outputs),
                     gradient.head(network_->n_params()), none);
  auto shared_gradient = gradient.segment(network_->n_params(), m);
  for (Index i = 0; i < m; ++i) {
    double sum = 0;
    for (Index j = 0; j < n; ++j) sum += double{slope(n_outputs + i, j)};
    if (head_->is_learned(shared_params()(i))) shared_gradient(i) += static_cast<float>(sum);
  }
}

std::unique_ptr<FisherOperator> NetworkPolicy::fisher(const nn::Steps& steps) const {
  RLRUN_CHECK(steps.columns.cols() > 0);
  return std::make_unique<NetworkFisher>(network_, network_params(), input_, steps, *head_,
                                         shared_params());
}

}  // namespace rlrun
