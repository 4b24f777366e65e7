#include "rlrun/math/normals.hpp"

#include <algorithm>
#include <array>
#include <numbers>

namespace rlrun {

// Box and Muller over blocks, so that logarithm, root, sine and cosine are computed on whole
// registers: the 64 bits of one draw give a radius and an angle, and so two numbers.
void fill_standard_normal(Rng& rng, VectorFOut out) {
  constexpr Index kPairs = 256;
  using Block = Eigen::Array<float, kPairs, 1>;
  constexpr float kScale = 0x1p-32F;
  Block radius, angle;
  for (Index start = 0; start < out.size(); start += 2 * kPairs) {
    const Index count = std::min(2 * kPairs, out.size() - start), pairs = (count + 1) / 2;
    for (Index i = 0; i < pairs; ++i) {
      const std::uint64_t bits = rng();
      // In (0, 1], so that the logarithm is finite.
      radius(i) = (static_cast<float>(static_cast<std::uint32_t>(bits)) + 0.5F) * kScale;
      angle(i) = static_cast<float>(static_cast<std::int32_t>(bits >> 32)) * kScale;
    }
    for (Index i = pairs; i < kPairs; ++i) radius(i) = 1, angle(i) = 0;  // computed, not used
    radius = (-2 * radius.log()).sqrt();
    angle *= 2 * std::numbers::pi_v<float>;  // [-pi, pi)
    out.segment(start, pairs) = (radius * angle.cos()).head(pairs).matrix();
    out.segment(start + pairs, count - pairs) = (radius * angle.sin()).head(count - pairs).matrix();
  }
}

}  // namespace rlrun
