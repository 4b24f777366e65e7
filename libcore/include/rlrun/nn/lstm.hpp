#pragma once
// Long short-term memory.

#include "rlrun/nn/recurrent.hpp"

namespace rlrun::nn {

struct LstmShape {
  Index inputs = 0, units = 0;
  float forget_bias = 1;  ///< Bias of the forget gates at the start.
};

/// A layer of LSTM units (Hochreiter and Schmidhuber 1997) with forget gates (Gers et al. 2000),
/// without peepholes:
///
///     i, f, o = sigmoid(W [x; h] + b),  g = tanh(W [x; h] + b),
///     c' = f c + i g,  h' = o tanh(c').
///
/// Gates in the order i, f, o, g. Memory: [h; c].
class RLRUN_API Lstm final : public Recurrent {
 public:
  explicit Lstm(const LstmShape& shape);
  [[nodiscard]] const LstmShape& shape() const { return shape_; }

 private:
  void combine(std::size_t stage, const Kept& kept, float* h) const override;
  void combine_back(std::size_t stage, const Kept& kept, float* slope, float* other, float* delta,
                    Index delta_ld) const override;
  void combine_jvp(std::size_t stage, const Kept& kept, float* delta, Index delta_ld,
                   float* tangent, float* other) const override;
  void initialize_biases(VectorFOut biases) const override;

  LstmShape shape_;
};

}  // namespace rlrun::nn
