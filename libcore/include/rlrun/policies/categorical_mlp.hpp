#pragma once
// The softmax policy of the batch methods for discrete actions.

#include <memory>
#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policies/observation_params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// a = i with probability softmax(x(s))_i, where the logits x are a network. For Discrete actions.
/// Distribution: the logits, (n). Parameters: those of the network, then those of the
/// normalisation.
class RLRUN_API CategoricalMlp final : public StochasticPolicy {
 public:
  struct Params : NormalizedObservationParams {
    std::vector<std::int64_t> hidden = {64, 64};
    std::string activation = "tanh";
    std::string init = "orthogonal";

    void fields(Fields& f) {
      f("hidden", hidden, "Widths of the hidden layers.", between(1, 100000));
      f("activation", activation, "Activation of the hidden layers.", {"tanh", "relu"});
      f("init", init,
        "Initial weights: Glorot uniform, or orthogonal with gains sqrt(2) and, for the output, "
        "0.01.",
        {"glorot", "orthogonal"});
      NormalizedObservationParams::fields(f);
    }
  };

  /// Throws UserError if the actions are not one choice.
  CategoricalMlp(const Params& params, const EnvSpec& spec, Rng rng);

  [[nodiscard]] std::unique_ptr<Policy> clone() const override;
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override;
  void act(ActMode mode, MatrixFIn observations, MatrixFOut memory, std::span<Rng> streams,
           MatrixFOut actions, Workspace& workspace) const override;

  [[nodiscard]] const nn::ObservationInput& input() const override { return input_; }
  [[nodiscard]] Index distribution_size() const override { return n_actions_; }
  [[nodiscard]] MatrixF distribution(MatrixFIn observations) const override;
  [[nodiscard]] Vector log_prob(MatrixFIn distribution, MatrixFIn actions) const override;
  [[nodiscard]] double mean_kl(MatrixFIn old_distribution, MatrixFIn distribution) const override;
  [[nodiscard]] double mean_entropy(MatrixFIn distribution) const override;
  [[nodiscard]] VectorF grad_log_prob(MatrixFIn observations, MatrixFIn actions,
                                      VectorIn weights) const override;
  [[nodiscard]] std::unique_ptr<FisherOperator> fisher(MatrixFIn observations) const override;

  void add_gradient(MatrixFIn observations, DistributionLoss loss, VectorFOut gradient,
                    PassScratch& scratch) const override;
  void write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                      Workspace& workspace) const override;
  void add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                             MatrixFOut gradient, Workspace& workspace) const override;
  void add_entropy_gradient(MatrixFIn distribution, double weight,
                            MatrixFOut gradient) const override;
  void add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                       MatrixFOut gradient, Workspace& workspace) const override;

 private:
  [[nodiscard]] auto network_params() const { return params_.head(network_.n_params()); }

  Index n_actions_;
  nn::ObservationInput input_;
  nn::Mlp network_;
  VectorF params_;
};

}  // namespace rlrun
