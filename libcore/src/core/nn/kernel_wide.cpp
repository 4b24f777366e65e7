// The loops compiled for AVX-512, which not every machine has. Under another name, so that no
// inline function of Eigen that was compiled here serves the rest of the library.

#define Eigen EigenWide

#include "nn/kernel_loops.hpp"

namespace rlrun::nn::kernel {

extern const Tiles kWideTiles;
constinit const Tiles kWideTiles = kTilesHere;

}  // namespace rlrun::nn::kernel
