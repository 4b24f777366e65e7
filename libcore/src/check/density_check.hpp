#pragma once
// Whether actions are drawn as their density says.

#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// One action for each column, drawn from a stream of its own; memory is zero.
MatrixF act_exploring(const Policy& policy, const EnvSpec& spec, MatrixFIn observations,
                      const Rng& rng);

/// The part of `check_distribution` that is about sums, integrals and samples, at the first of some
/// observations. With `gradients`, which must be right, samples are also compared by the mean of
/// the gradient of log_prob.
std::vector<std::string> check_density(const StochasticPolicy& policy, const EnvSpec& spec,
                                       MatrixFIn observations, bool gradients);

}  // namespace rlrun
