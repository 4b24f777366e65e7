#pragma once
// The Gaussian policy of the batch methods.

#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policies/network_policy.hpp"
#include "rlrun/policies/observation_params.hpp"

namespace rlrun {

/// a ~ N(mu(s), diag(std^2)): the mean is a network, the standard deviations are parameters of
/// their own that do not depend on the state (Duan et al. 2016). For continuous actions (Box).
///
/// Parameters: those of the network, then one log standard deviation for each action entry, which
/// counts as log(1e-6) where it is less, then those of the normalisation.
class RLRUN_API GaussianMlp final : public NetworkPolicy {
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
};

}  // namespace rlrun
