#pragma once
// The arithmetic of Adam for a stretch of parameters.

#include <algorithm>
#include <cmath>

#include "rlrun/nn/adam.hpp"

namespace rlrun::nn {

struct AdamStep {
  float b1, b2, c1, c2, rate, root_correction, epsilon;

  /// Step number t, counted from 1.
  AdamStep(const Adam::Options& options, std::int64_t t, double learning_rate)
      : b1(static_cast<float>(options.beta1)),
        b2(static_cast<float>(options.beta2)),
        // 1 - beta is rounded once, and not the difference of a rounded beta.
        c1(static_cast<float>(1 - options.beta1)),
        c2(static_cast<float>(1 - options.beta2)),
        rate(static_cast<float>(learning_rate /
                                (1 - std::pow(options.beta1, static_cast<double>(t))))),
        root_correction(
            static_cast<float>(1 / std::sqrt(1 - std::pow(options.beta2, static_cast<double>(t))))),
        epsilon(static_cast<float>(options.epsilon)) {}

  void apply(float* params, const float* gradient, float* first, float* second, Index n) const {
    // Blocks that stay in the first cache between the three statements.
    constexpr Index kBlock = 1024;
    for (Index from = 0; from < n; from += kBlock) {
      const Index size = std::min(kBlock, n - from);
      const Eigen::Map<const Eigen::ArrayXf> g(gradient + from, size);
      Eigen::Map<Eigen::ArrayXf> m(first + from, size), v(second + from, size);
      m = b1 * m + c1 * g;
      v = b2 * v + c2 * g * g;
      Eigen::Map<Eigen::ArrayXf>(params + from, size) -=
          rate * m / (v.sqrt() * root_correction + epsilon);
    }
  }
};

}  // namespace rlrun::nn
