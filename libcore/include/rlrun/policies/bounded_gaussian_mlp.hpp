#pragma once
// The Gaussian policy of PPO-CMA.

#include <memory>
#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policies/observation_params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// a ~ N(mu(s), diag(v(s))), cut to the finite box of the actions, so that what `act` chooses is
/// what happens; greedy: mu(s). Mean and log variance have a network each, whose outputs a tanh
/// keeps in the box and in [2 log min_std, 2 log(high - low)]. At the start the mean is the middle
/// of the box everywhere and the standard deviation half of its width. Hamalainen et al. 2020.
///
/// Parameters: those of the mean's network, of the log variance's, and those of the normalisation,
/// which it has wherever observations are numbers.
class RLRUN_API BoundedGaussianMlp final : public Policy {
 public:
  static constexpr const char* kKind = "bounded Gaussian policy";

  struct Params : ObservationParams {
    std::vector<std::int64_t> hidden = {128, 128};
    std::string activation = "leaky_relu";
    double min_std = 0.01;

    void fields(Fields& f) {
      f("hidden", hidden, "Widths of the hidden layers, of both networks.", between(1, 100000));
      f("activation", activation, "Activation of the hidden layers.",
        {"leaky_relu", "tanh", "relu"});
      f("min_std", min_std, "Least standard deviation of an action.", more_than(0));
      ObservationParams::fields(f);
    }
  };

  /// Throws UserError if the actions are not continuous between finite bounds, or if the bounds are
  /// not further apart than `min_std`.
  BoundedGaussianMlp(const Params& params, const EnvSpec& spec, const Rng& rng);

  [[nodiscard]] std::unique_ptr<Policy> clone() const override;
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override;
  void act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const override;

  /// What the networks see of an observation; a critic beside them sees the same.
  [[nodiscard]] const nn::ObservationInput& input() const { return input_; }
  [[nodiscard]] Index normalization_size() const override { return input_.n_params(); }
  /// Networks from these inputs to means and to log variances, (action_dim).
  [[nodiscard]] const nn::Mlp& mean_network() const { return mean_; }
  [[nodiscard]] const nn::Mlp& log_variance_network() const { return log_variance_; }
  [[nodiscard]] auto mean_params() const { return params_.head(mean_.n_params()); }
  [[nodiscard]] auto log_variance_params() const {
    return params_.segment(mean_.n_params(), log_variance_.n_params());
  }
  void set_networks(VectorFIn mean_params, VectorFIn log_variance_params);

 private:
  Box box_;  // of the actions
  nn::ObservationInput input_;
  nn::Mlp mean_, log_variance_;
  VectorF params_;
};

}  // namespace rlrun
