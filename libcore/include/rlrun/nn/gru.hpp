#pragma once
// Gated recurrent units.

#include "rlrun/nn/recurrent.hpp"

namespace rlrun::nn {

struct GruShape {
  Index inputs = 0, units = 0;
};

/// A layer of gated recurrent units as they were published (Cho et al. 2014): the reset gate acts
/// on h before its product, not after it.
///
///     r, z = sigmoid(W [x; h] + b),  g = tanh(W [x; r h] + b),  h' = z h + (1 - z) g.
///
/// Gates in the order r, z, g. Memory: h.
class RLRUN_API Gru final : public Recurrent {
 public:
  explicit Gru(const GruShape& shape);
  [[nodiscard]] const GruShape& shape() const { return shape_; }

 private:
  void combine(std::size_t stage, const Kept& kept, float* h) const override;
  void combine_back(std::size_t stage, const Kept& kept, float* slope, float* other, float* delta,
                    Index delta_ld) const override;
  void combine_jvp(std::size_t stage, const Kept& kept, float* delta, Index delta_ld,
                   float* tangent, float* other) const override;

  GruShape shape_;
};

}  // namespace rlrun::nn
