#pragma once
// Initial weights of one matrix.

#include "rlrun/nn/network.hpp"

namespace rlrun::nn {

/// Overwrites the weights (fan out, fan in) of a layer, orthogonal ones with the given gain.
void init_weights(MatrixFOut weights, Init init, double gain, Rng& rng);

}  // namespace rlrun::nn
