#pragma once
// Numbers that change in the course of training.

#include <string>
#include <vector>

#include "rlrun/math/budget.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// "constant" and "linear", which goes to 0 at the end of the budget.
RLRUN_API const std::vector<std::string>& schedule_names();

/// `value` by a schedule at a share `progress` of the budget, which a constant one does not read.
[[nodiscard]] inline double scheduled(const std::string& schedule, double value,
                                      const Progress& progress) {
  return schedule == "linear" ? value * (1 - progress) : value;
}

}  // namespace rlrun
