#pragma once
// What the policies share.

#include <cmath>
#include <numbers>

#include "rlrun/nn/parts.hpp"

namespace rlrun {

using nn::Parts;

/// -log of the standard normal density at zero.
inline const double kHalfLogTwoPi = 0.5 * std::log(2 * std::numbers::pi);

}  // namespace rlrun
