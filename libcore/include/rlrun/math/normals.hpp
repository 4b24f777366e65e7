#pragma once
// Standard normal numbers in bulk.

#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Fills `out` with independent standard normal numbers of float precision, at a fraction of the
/// cost of `Rng::normal`: for searches that draw whole parameter vectors. The numbers are a
/// function of the stream and the size alone; they are not those of `Rng::fill_normal`. They reach
/// to 6.7 standard deviations.
RLRUN_API void fill_standard_normal(Rng& rng, VectorFOut out);

}  // namespace rlrun
