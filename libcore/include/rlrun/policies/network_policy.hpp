#pragma once
// A stochastic policy that is a network and a distribution over what it puts out.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rlrun/nn/parts.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// Parameters: those of the network, then the shared ones of the distribution, then those of the
/// normalisation.
class RLRUN_API NetworkPolicy : public StochasticPolicy {
 public:
  /// Makes a network for so many inputs and outputs, with these hidden layers.
  using NetworkMaker = std::function<std::shared_ptr<const nn::Network>(
      Index inputs, const std::vector<std::int64_t>& hidden, const std::string& activation,
      Index outputs)>;
  struct Body {
    nn::ObservationInput input;
    NetworkMaker make;
    std::vector<std::int64_t> hidden;
    std::string activation, init;
  };

  /// `shared` are initial parameters of the distribution, (n_shared). The network's are drawn from
  /// `rng`.
  NetworkPolicy(Body body, std::shared_ptr<const ActionDistribution> head, VectorFIn shared,
                Rng rng);

  [[nodiscard]] std::unique_ptr<Policy> clone() const override;
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override;
  [[nodiscard]] Index memory_size() const override { return network_->memory_size(); }
  void act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const override;

  [[nodiscard]] const nn::ObservationInput& input() const override { return input_; }
  [[nodiscard]] std::shared_ptr<const nn::Network> network_like(
      const std::vector<std::int64_t>& hidden, const std::string& activation,
      Index outputs) const override;
  [[nodiscard]] const nn::Network& network() const { return *network_; }
  [[nodiscard]] const ActionDistribution& head() const override { return *head_; }
  [[nodiscard]] MatrixF distribution(const nn::Steps& steps) const override;
  void add_gradient(const nn::Steps& steps, DistributionLoss loss, VectorFOut gradient,
                    PassScratch& scratch) const override;
  [[nodiscard]] std::unique_ptr<FisherOperator> fisher(const nn::Steps& steps) const override;

 private:
  [[nodiscard]] auto network_params() const { return params_.head(network_->n_params()); }
  [[nodiscard]] auto shared_params() const {
    return params_.segment(network_->n_params(), head_->n_shared());
  }

  nn::ObservationInput input_;
  NetworkMaker make_;
  std::shared_ptr<const nn::Network> network_;
  std::shared_ptr<const ActionDistribution> head_;
  VectorF params_;
  VectorF shared_, prepared_;  // of params_, as the distribution wants them
};

}  // namespace rlrun
