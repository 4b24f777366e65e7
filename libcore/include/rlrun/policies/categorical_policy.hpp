#pragma once
// Choices over any network.

#include "rlrun/policies/network_params.hpp"

namespace rlrun {

/// One choice (Discrete) or several independent ones (MultiDiscrete), with a network to choose.
class RLRUN_API CategoricalPolicy final : public NetworkPolicy {
 public:
  using Params = NetworkParams;
  /// Throws UserError if the actions are not choices, or the network does not fit.
  CategoricalPolicy(const Params& params, const EnvSpec& spec, Rng rng);
};

}  // namespace rlrun
