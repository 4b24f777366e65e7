#pragma once
// The mathematics of a policy with a density, checked by numbers.

#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// What is wrong with the mathematics of `policy` on the spaces of a task, one line each:
///
/// - log_prob and write_log_prob agree, and add_gradient shows its loss the distribution that
///   `distribution` gives, and adds;
/// - the gradients of log-probability, entropy and KL divergence in the parameters are the finite
///   differences of log_prob, mean_entropy and mean_kl; they are zero in the normalisation;
/// - the KL divergence of a distribution from itself is zero, from another one positive;
/// - Fisher products are symmetric, positive, and differences of gradients of the KL divergence;
/// - the probabilities of all choices add up to one, the density of one number integrates to one;
/// - actions are drawn as log_prob says: the frequencies of choices are their probabilities, the
///   mean of -log_prob is the entropy, and the mean gradient of log_prob is zero;
/// - the number of threads changes no bit.
///
/// All at a point near the policy's own parameters, whose first values may be special. Policies
/// with memory are not checked: their distribution does not follow from the observation alone.
/// Exceptions are the caller's. Sets the number of threads and puts it back.
std::vector<std::string> check_distribution(const StochasticPolicy& policy, const EnvSpec& spec);

}  // namespace rlrun
