#pragma once
// Gaussian actions over any network.

#include "rlrun/policies/network_params.hpp"

namespace rlrun {

/// As GaussianMlp, with a network to choose.
class RLRUN_API GaussianPolicy final : public NetworkPolicy {
 public:
  struct RLRUN_API Params : NetworkParams {
    double initial_std = 1;
    void fields(Fields& f);
  };
  /// Throws UserError if the actions are not continuous, or the network does not fit.
  GaussianPolicy(const Params& params, const EnvSpec& spec, Rng rng);
};

}  // namespace rlrun
