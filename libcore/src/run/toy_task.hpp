#pragma once
// Small tasks that `rlrun check` runs algorithms on.

#include "rlrun/env.hpp"

namespace rlrun::commands {

/// A point on a line that is to be brought to rest at zero, by a force or by one of three forces.
/// An episode ends after 25 steps, or when the point leaves [-3, 3], so that both endings occur.
EnvFactory toy_task(bool discrete);

}  // namespace rlrun::commands
