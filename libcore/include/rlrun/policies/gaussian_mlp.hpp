#pragma once
// The Gaussian policy of the batch methods.

#include <memory>
#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policies/observation_params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// a ~ N(mu(s), diag(std^2)): the mean is a network, the standard deviations are parameters of
/// their own that do not depend on the state (Duan et al. 2016). For continuous actions (Box).
///
/// Parameters: those of the network, then one log standard deviation for each action entry, which
/// counts as log(1e-6) where it is less, then those of the normalisation. Distribution: (2
/// action_dim), means and then log standard deviations.
class RLRUN_API GaussianMlp final : public StochasticPolicy {
 public:
  struct Params : NormalizedObservationParams {
    std::vector<std::int64_t> hidden = {100, 50, 25};
    std::string activation = "tanh";
    double initial_std = 1;
    std::string init = "glorot";

    void fields(Fields& f) {
      f("hidden", hidden, "Widths of the hidden layers.", between(1, 100000));
      f("activation", activation, "Activation of the hidden layers.", {"tanh", "relu"});
      f("initial_std", initial_std, "Standard deviation of the actions at the start.",
        more_than(0));
      f("init", init,
        "Initial weights: Glorot uniform, or orthogonal with gains sqrt(2) and, for the output, "
        "0.01.",
        {"glorot", "orthogonal"});
      NormalizedObservationParams::fields(f);
    }
  };

  /// Throws UserError if the actions are not continuous.
  GaussianMlp(const Params& params, const EnvSpec& spec, Rng rng);

  [[nodiscard]] std::unique_ptr<Policy> clone() const override;
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override;
  void act(ActMode mode, MatrixFIn observations, MatrixFOut memory, std::span<Rng> streams,
           MatrixFOut actions, Workspace& workspace) const override;

  [[nodiscard]] const nn::ObservationInput& input() const override { return input_; }
  [[nodiscard]] Index distribution_size() const override { return 2 * action_dim_; }
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
  [[nodiscard]] auto log_std_params() const {
    return params_.segment(network_.n_params(), action_dim_);
  }

  Index action_dim_;
  nn::ObservationInput input_;
  nn::Mlp network_;
  VectorF params_;
  VectorF log_std_, std_;  // of params_, with the floor
};

}  // namespace rlrun
