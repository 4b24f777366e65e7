#pragma once
// Scales and shares of variance, and random orders.

#include <utility>
#include <vector>

#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Subtracts the mean and divides by the population standard deviation + 1e-8.
RLRUN_API void standardise(VectorOut values);
/// The same over these entries; the others stay as they are.
RLRUN_API void standardise(VectorOut values, const std::vector<Index>& entries);

/// 1 - var(targets - predictions) / var(targets): 1 is perfect, 0 no better than a constant. 0 if
/// the targets do not vary.
RLRUN_API double explained_variance(VectorIn targets, VectorIn predictions);

/// Puts the entries into random order: each order is equally likely.
template <class Entries>
void shuffle(Entries& entries, Rng& rng) {
  for (auto left = static_cast<Index>(entries.size()); left > 1; --left)
    std::swap(entries[static_cast<std::size_t>(left - 1)],
              entries[static_cast<std::size_t>(rng.below(left))]);
}

}  // namespace rlrun
