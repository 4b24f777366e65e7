#pragma once
// A value network as the baseline of the batch methods.

#include <string>
#include <vector>

#include "rlrun/baselines/baseline.hpp"
#include "rlrun/nn/adam.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// First parameters of a network for values: orthogonal with gains sqrt(2) and 1.
RLRUN_API VectorF initial_value_params(const nn::Network& network, const Rng& rng);

struct RLRUN_API ValueBaselineParams {
  std::vector<std::int64_t> value_hidden = {64, 64};
  std::string value_activation = "tanh";
  double value_step_size = 1e-3;
  std::int64_t value_steps = 80;

  void fields(Fields& f);
};

/// Fitted by steps of Adam down the mean squared error over the whole batch, from where the last
/// fit ended. Sees of an observation what the policy does.
class RLRUN_API ValueBaseline final : public Baseline {
 public:
  /// The network is of the policy's kind. `policy` must outlive the baseline.
  ValueBaseline(const ValueBaselineParams& params, const StochasticPolicy& policy, const Rng& rng);

  [[nodiscard]] Vector predict(const Episode& episode) const override;
  void fit(const Batch& batch, VectorIn targets) override;
  void state(Archive& archive) override;
  [[nodiscard]] const VectorF& params() const { return params_; }

 private:
  ValueBaselineParams p_;
  const StochasticPolicy& policy_;
  std::shared_ptr<const nn::Network> network_;
  VectorF params_;
  nn::Adam optimiser_;
};

}  // namespace rlrun
