#pragma once
// The softmax policy of the batch methods for discrete actions.

#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policies/network_policy.hpp"
#include "rlrun/policies/observation_params.hpp"

namespace rlrun {

/// a = i with probability softmax(x(s))_i, where the logits x are a network. For Discrete actions.
/// Parameters: those of the network, then those of the
/// normalisation.
class RLRUN_API CategoricalMlp final : public NetworkPolicy {
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
};

}  // namespace rlrun
