#pragma once
// How long batches are where the budget ends.

#include <algorithm>

#include "rlrun/types.hpp"

namespace rlrun {

/// A batch of `steps`, or of fewer if less than two of them are left of the budget: the last two
/// share what is left, so that the budget is kept and no update is made from a tiny batch.
[[nodiscard]] inline Index steps_within(Index steps_left, Index steps) {
  const Index left = std::max<Index>(steps_left, 1);
  if (left / 2 >= steps) return steps;
  return left > steps ? left - left / 2 : left;
}

}  // namespace rlrun
