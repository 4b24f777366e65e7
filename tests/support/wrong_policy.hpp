#pragma once
// A policy whose mathematics is wrong in one way.

#include <memory>
#include <span>

#include "rlrun/parallel.hpp"
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

class WrongDistribution final : public ActionDistribution {
 public:
  WrongDistribution(const ActionDistribution& right, Fault fault) : right_(right), fault_(fault) {}

  [[nodiscard]] Index action_dim() const override { return right_.action_dim(); }
  [[nodiscard]] Index n_outputs() const override { return right_.n_outputs(); }
  [[nodiscard]] Index n_shared() const override { return right_.n_shared(); }
  [[nodiscard]] VectorF shared(VectorFIn params) const override { return right_.shared(params); }
  [[nodiscard]] bool is_learned(float param) const override { return right_.is_learned(param); }
  [[nodiscard]] VectorF prepared(VectorFIn shared) const override {
    return right_.prepared(shared);
  }
  void sample(ActMode mode, MatrixFIn outputs, VectorFIn prepared, std::span<Rng> streams,
              MatrixFOut actions) const override {
    right_.sample(mode, outputs, prepared, streams, actions);
  }
  void write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                      Workspace& workspace) const override {
    right_.write_log_prob(distribution, actions, log_prob, workspace);
    if (fault_ == Fault::kUnnormalisedLogProb) log_prob.array() += 0.1;
  }
  [[nodiscard]] double mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const override {
    const double kl = right_.mean_kl(old_distribution, distribution);
    if (fault_ == Fault::kDivergence) return 1.5 * kl;
    return fault_ == Fault::kDivergenceFromItself ? kl + 0.1 : kl;
  }
  [[nodiscard]] double mean_entropy(MatrixFIn distribution) const override {
    return right_.mean_entropy(distribution) + (fault_ == Fault::kEntropy ? 0.1 : 0.0);
  }
  void add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                             MatrixFOut gradient, Workspace& workspace) const override {
    if (fault_ == Fault::kLogProbGradientOverwrites) gradient.setZero();
    right_.add_log_prob_gradient(
        distribution, actions,
        fault_ == Fault::kGradientTimesMinusTwo ? Vector(-2 * weights) : Vector(weights), gradient,
        workspace);
    if (fault_ == Fault::kGradientOfOtherWeights)
      right_.add_log_prob_gradient(distribution, actions, weights.cwiseAbs(), gradient, workspace);
    if (fault_ == Fault::kGradientDependsOnThreads)
      gradient(0, 0) += 1e-4F * static_cast<float>(thread_count());
  }
  void add_entropy_gradient(MatrixFIn distribution, double weight,
                            MatrixFOut gradient) const override {
    right_.add_entropy_gradient(distribution, fault_ == Fault::kEntropyGradient ? -weight : weight,
                                gradient);
  }
  void add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                       MatrixFOut gradient, Workspace& workspace) const override {
    right_.add_kl_gradient(old_distribution, distribution,
                           fault_ == Fault::kDivergenceGradient ? 1.2 * weight : weight, gradient,
                           workspace);
  }
  [[nodiscard]] std::unique_ptr<Metric> metric(MatrixFIn distribution) const override {
    return right_.metric(distribution);
  }

 private:
  const ActionDistribution& right_;
  Fault fault_;
};

// Passes everything on to a right policy, but for one fault.
class Wrong : public StochasticPolicy {
 public:
  Wrong(std::unique_ptr<StochasticPolicy> right, Fault fault)
      : right_(std::move(right)), fault_(fault), head_(right_->head(), fault) {}

  [[nodiscard]] std::unique_ptr<Policy> clone() const override {
    std::unique_ptr<Policy> copy = right_->clone();
    return std::make_unique<Wrong>(
        std::unique_ptr<StochasticPolicy>(dynamic_cast<StochasticPolicy*>(copy.release())), fault_);
  }
  [[nodiscard]] const VectorF& params() const override { return right_->params(); }
  void set_params(VectorFIn params) override { right_->set_params(params); }
  void act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const override {
    right_->act(in, actions, workspace);
    if (in.mode == ActMode::kGreedy) return;
    if (fault_ == Fault::kShiftedDraws)
      actions = head_.n_shared() > 0 ? MatrixF(actions.array() + 0.2F)
                                     : MatrixF((actions.array() - 1).cwiseMax(0));
    if (fault_ != Fault::kWideDraws) return;
    MatrixF means(actions.rows(), actions.cols());
    right_->act({ActMode::kGreedy, in.observations, in.memory, in.streams}, means, workspace);
    actions = means + 1.2F * (actions - means);
  }

  [[nodiscard]] const nn::ObservationInput& input() const override { return right_->input(); }
  [[nodiscard]] std::shared_ptr<const nn::Network> network_like(
      const std::vector<std::int64_t>& hidden, const std::string& activation,
      Index outputs) const override {
    return right_->network_like(hidden, activation, outputs);
  }
  [[nodiscard]] const ActionDistribution& head() const override { return head_; }
  [[nodiscard]] MatrixF distribution(const nn::Steps& steps) const override {
    return right_->distribution(steps);
  }
  void add_gradient(const nn::Steps& steps, DistributionLoss loss, VectorFOut gradient,
                    PassScratch& scratch) const override {
    const VectorF before = gradient;
    if (fault_ == Fault::kPartGradientOverwrites) gradient.setZero();
    right_->add_gradient(steps, loss, gradient, scratch);
    if (fault_ == Fault::kPartGradientHalved) gradient = (gradient + before) / 2;
    const Index learned = gradient.size() - normalization_size();
    if (fault_ == Fault::kGradientForgetsLastParameter) gradient(learned - 1) = before(learned - 1);
    if (fault_ == Fault::kGradientInNormalisation) gradient(learned) = 1;
  }
  [[nodiscard]] std::unique_ptr<FisherOperator> fisher(const nn::Steps& steps) const override {
    return std::make_unique<WrongFisher>(right_->fisher(steps), fault_);
  }

 private:
  std::unique_ptr<StochasticPolicy> right_;
  Fault fault_;
  WrongDistribution head_;
};

}  // namespace wrong
