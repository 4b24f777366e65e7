#pragma once
// The actor of DDPG and its kin.

#include <memory>
#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policies/observation_params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// a = mu(s): a network whose tanh outputs fill the finite box of the actions. Hidden layers start
/// at U(+-1/sqrt(fan_in)), the output layer at U(+-0.003) (Lillicrap et al. 2016).
class RLRUN_API DeterministicMlp final : public DeterministicPolicy {
 public:
  struct Params : ObservationParams {
    std::vector<std::int64_t> hidden = {400, 300};
    std::string activation = "relu";

    void fields(Fields& f) {
      f("hidden", hidden, "Widths of the hidden layers.", between(1, 100000));
      f("activation", activation, "Activation of the hidden layers.", {"relu", "tanh"});
      ObservationParams::fields(f);
    }
  };

  /// Throws UserError if the actions are not continuous between finite bounds.
  DeterministicMlp(const Params& params, const EnvSpec& spec, Rng rng);

  [[nodiscard]] std::unique_ptr<Policy> clone() const override;
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override;
  void act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const override;
  [[nodiscard]] const nn::ObservationInput& input() const override { return input_; }
  [[nodiscard]] const nn::Mlp& network() const override { return network_; }

 private:
  nn::ObservationInput input_;
  nn::Mlp network_;
  VectorF params_;
};

}  // namespace rlrun
