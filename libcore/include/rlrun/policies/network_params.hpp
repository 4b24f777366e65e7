#pragma once
// The networks that a policy can be made of.

#include <cstdint>
#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policies/network_policy.hpp"
#include "rlrun/policies/observation_params.hpp"

namespace rlrun {

/// Convolutions, if any, then a recurrent layer, if any, then dense layers.
struct RLRUN_API NetworkParams : NormalizedObservationParams {
  std::string network = "mlp";
  std::vector<std::int64_t> hidden = {64, 64};
  std::string convolution = "none";
  std::string activation = "tanh";
  std::string init = "orthogonal";

  void fields(Fields& f);
  /// Throws UserError if the network does not fit the task's observations.
  [[nodiscard]] NetworkPolicy::Body body(const EnvSpec& spec) const;
};

}  // namespace rlrun
