#pragma once
// A gradient beside the finite differences of what it claims to be the gradient of.

#include <functional>
#include <string>

#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

struct GradientClaim {
  std::string name;      ///< "grad_log_prob"
  std::string of;        ///< "log_prob"
  VectorF gradient;      ///< At `params`; its first `n_free` entries are compared.
  double magnitude = 1;  ///< Of the value: what single precision loses is a share of it.
  std::function<double(const VectorF& params)> value;
};

/// One line that says where the two depart; "" if they agree. Compares along the gradient itself
/// and along random directions in blocks of the parameters, which double in length from the last
/// one on, so that a short block at the end (log standard deviations, say) does not drown.
std::string compare_with_differences(const GradientClaim& claim, const VectorF& params,
                                     Index n_free, const Rng& rng);

}  // namespace rlrun
