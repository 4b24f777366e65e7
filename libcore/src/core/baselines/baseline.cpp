#include "rlrun/baselines/baseline.hpp"

namespace rlrun {

Baseline::~Baseline() = default;

}  // namespace rlrun
