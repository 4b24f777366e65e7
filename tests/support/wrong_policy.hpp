#pragma once
// A policy whose mathematics is wrong in one way.

#include <memory>
#include <span>

#include "rlrun/parallel.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"
#include "rlrun/policy.hpp"

namespace wrong {

using namespace rlrun;  // NOLINT(google-build-using-namespace): for tests only

enum class Fault {
  kNone,
  kGradientTimesMinusTwo,
  kGradientForgetsLastParameter,
  kGradientOfOtherWeights,
  kGradientDependsOnThreads,
  kGradientInNormalisation,
  kPartGradientHalved,
  kPartGradientOverwrites,
  kLogProbGradientOverwrites,
  kWrittenLogProb,
  kUnnormalisedLogProb,
  kWideDraws,
  kShiftedDraws,
  kEntropy,
  kEntropyGradient,
  kDivergenceFromItself,
  kDivergence,
  kDivergenceGradient,
  kFisherHalved,
  kFisherAsymmetric,
  kFisherNegative
};

class WrongFisher final : public FisherOperator {
 public:
  WrongFisher(std::unique_ptr<FisherOperator> right, Fault fault)
      : right_(std::move(right)), fault_(fault) {}
  VectorF operator()(VectorFIn v) override {
    VectorF result = (*right_)(v);
    if (fault_ == Fault::kFisherHalved) result *= 0.5F;
    if (fault_ == Fault::kFisherNegative) result *= -1;
    if (fault_ == Fault::kFisherAsymmetric) {
      result(0) += v(1);
      result(1) -= v(0);
    }
    return result;
  }

 private:
  std::unique_ptr<FisherOperator> right_;
  Fault fault_;
};

// Passes everything on to a right policy, but for one fault.
class Wrong : public StochasticPolicy {
 public:
  Wrong(std::unique_ptr<StochasticPolicy> right, Fault fault)
      : right_(std::move(right)), fault_(fault) {}

  [[nodiscard]] std::unique_ptr<Policy> clone() const override {
    std::unique_ptr<Policy> copy = right_->clone();
    return std::make_unique<Wrong>(
        std::unique_ptr<StochasticPolicy>(dynamic_cast<StochasticPolicy*>(copy.release())), fault_);
  }
  [[nodiscard]] const VectorF& params() const override { return right_->params(); }
  void set_params(VectorFIn params) override { right_->set_params(params); }
  void act(ActMode mode, MatrixFIn observations, MatrixFOut memory, std::span<Rng> streams,
           MatrixFOut actions, Workspace& workspace) const override {
    right_->act(mode, observations, memory, streams, actions, workspace);
    if (mode == ActMode::kGreedy) return;
    if (fault_ == Fault::kShiftedDraws)
      actions = continuous() ? MatrixF(actions.array() + 0.2F)
                             : MatrixF((actions.array() - 1).cwiseMax(0));
    if (fault_ != Fault::kWideDraws) return;
    MatrixF means(actions.rows(), actions.cols());
    right_->act(ActMode::kGreedy, observations, memory, streams, means, workspace);
    actions = means + 1.2F * (actions - means);
  }

  [[nodiscard]] Index distribution_size() const override { return right_->distribution_size(); }
  [[nodiscard]] MatrixF distribution(MatrixFIn observations) const override {
    return right_->distribution(observations);
  }
  [[nodiscard]] Vector log_prob(MatrixFIn distribution, MatrixFIn actions) const override {
    Vector result(actions.cols());
    Workspace workspace;
    right_->write_log_prob(distribution, actions, result, workspace);
    return fault_ == Fault::kUnnormalisedLogProb ? Vector(result.array() + 0.1) : result;
  }
  [[nodiscard]] double mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const override {
    const double kl = right_->mean_kl(old_distribution, distribution);
    if (fault_ == Fault::kDivergence) return 1.5 * kl;
    return fault_ == Fault::kDivergenceFromItself ? kl + 0.1 : kl;
  }
  [[nodiscard]] double mean_entropy(MatrixFIn distribution) const override {
    return right_->mean_entropy(distribution) + (fault_ == Fault::kEntropy ? 0.1 : 0.0);
  }
  [[nodiscard]] VectorF grad_log_prob(MatrixFIn observations, MatrixFIn actions,
                                      VectorIn weights) const override {
    VectorF result = right_->grad_log_prob(observations, actions, weights);
    const Index own = result.size() - (normalizes() ? 2 * observations.rows() : 0);
    if (fault_ == Fault::kGradientTimesMinusTwo) result *= -2;
    if (fault_ == Fault::kGradientForgetsLastParameter) result(own - 1) = 0;
    if (fault_ == Fault::kGradientOfOtherWeights)
      result = right_->grad_log_prob(observations, actions, weights.cwiseAbs());
    if (fault_ == Fault::kGradientDependsOnThreads) result(0) += 1e-4F * float(thread_count());
    if (fault_ == Fault::kGradientInNormalisation) result(own) = 1;
    return result;
  }
  [[nodiscard]] std::unique_ptr<FisherOperator> fisher(MatrixFIn observations) const override {
    return std::make_unique<WrongFisher>(right_->fisher(observations), fault_);
  }
  void add_gradient(MatrixFIn observations, DistributionLoss loss, VectorFOut gradient,
                    PassScratch& scratch) const override {
    const VectorF before = gradient;
    if (fault_ == Fault::kPartGradientOverwrites) gradient.setZero();
    right_->add_gradient(observations, loss, gradient, scratch);
    if (fault_ == Fault::kPartGradientHalved) gradient = (gradient + before) / 2;
  }
  void write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                      Workspace& workspace) const override {
    right_->write_log_prob(distribution, actions, log_prob, workspace);
    if (fault_ == Fault::kWrittenLogProb || fault_ == Fault::kUnnormalisedLogProb)
      log_prob.array() += 0.1;
  }
  void add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                             MatrixFOut gradient, Workspace& workspace) const override {
    if (fault_ == Fault::kLogProbGradientOverwrites) gradient.setZero();
    right_->add_log_prob_gradient(distribution, actions, weights, gradient, workspace);
  }
  void add_entropy_gradient(MatrixFIn distribution, double weight,
                            MatrixFOut gradient) const override {
    right_->add_entropy_gradient(distribution, fault_ == Fault::kEntropyGradient ? -weight : weight,
                                 gradient);
  }
  void add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                       MatrixFOut gradient, Workspace& workspace) const override {
    right_->add_kl_gradient(old_distribution, distribution,
                            fault_ == Fault::kDivergenceGradient ? 1.2 * weight : weight, gradient,
                            workspace);
  }
  [[nodiscard]] const nn::ObservationInput& input() const override { return right_->input(); }

 private:
  [[nodiscard]] bool continuous() const {
    return dynamic_cast<const GaussianMlp*>(right_.get()) != nullptr;
  }

  std::unique_ptr<StochasticPolicy> right_;
  Fault fault_;
};

}  // namespace wrong
