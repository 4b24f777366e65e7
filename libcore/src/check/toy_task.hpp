#pragma once
// Small tasks that `rlrun check` runs policies and algorithms on.

#include <vector>

#include "rlrun/env.hpp"

namespace rlrun {

/// A point on a line that is to be brought to rest at zero, with actions of each kind: by a force,
/// by the sum of two forces, by one of three forces, by the sum of two of three forces each. An
/// episode ends after 25 steps, or when the point leaves [-3, 3], so that both endings occur.
std::vector<EnvFactory> toy_tasks();

}  // namespace rlrun
