#include "rlrun/nn/lstm.hpp"

#include <algorithm>

#include "nn/passes.hpp"

namespace rlrun::nn {

// A record: the gates i, f, o, g, then c and tanh(c).
Lstm::Lstm(const LstmShape& shape)
    : Recurrent(shape.inputs, shape.units,
                {.stage_gates = {4}, .other_blocks = 2, .remembered_block = 4}),
      shape_(shape) {}

void Lstm::initialize_biases(VectorFOut biases) const {
  biases.segment(units(), units()).setConstant(shape_.forget_bias);
}

void Lstm::combine(std::size_t /*stage*/, const Kept& kept, float* h) const {
  const Index n = block(), ld = kept.record_ld;
  float* const all_c = kept.record + 4 * n;
  float* const all_tanh_c = kept.record + 5 * n;
  kernel::apply({.kind = Finish::Kind::kSigmoid}, kept.record, ld, 3 * n, kept.cols);
  kernel::apply({.kind = Finish::Kind::kTanh}, kept.record + 3 * n, ld, n, kept.cols);
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const __restrict i = kept.record + j * ld;
    const float* const __restrict f = i + n;
    const float* const __restrict g = i + 3 * n;
    const float* const __restrict before = kept.before + j * ld + 4 * n;
    float* const __restrict c = all_c + j * ld;
    float* const __restrict tanh_c = all_tanh_c + j * ld;
    for (Index r = 0; r < n; ++r) tanh_c[r] = c[r] = f[r] * before[r] + i[r] * g[r];
  }
  kernel::apply({.kind = Finish::Kind::kTanh}, all_tanh_c, ld, n, kept.cols);
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const __restrict o = kept.record + j * ld + 2 * n;
    const float* const __restrict tanh_c = all_tanh_c + j * ld;
    for (Index r = 0; r < n; ++r) h[j * n + r] = o[r] * tanh_c[r];
  }
}

void Lstm::combine_back(std::size_t /*stage*/, const Kept& kept, float* slope, float* other,
                        float* delta, Index delta_ld) const {
  const Index n = block(), ld = kept.record_ld;
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const __restrict i = kept.record + j * ld;
    const float* const __restrict f = i + n;
    const float* const __restrict o = i + 2 * n;
    const float* const __restrict g = i + 3 * n;
    const float* const __restrict tanh_c = i + 5 * n;
    const float* const __restrict before = kept.before + j * ld + 4 * n;
    float* const __restrict dh = slope + j * n;
    float* const __restrict dc = other + j * n;
    float* const __restrict di = delta + j * delta_ld;
    float* const __restrict df = di + n;
    float* const __restrict d_o = di + 2 * n;
    float* const __restrict dg = di + 3 * n;
    for (Index r = 0; r < n; ++r) {
      const float through = dc[r] + dh[r] * o[r] * (1 - tanh_c[r] * tanh_c[r]);
      d_o[r] = dh[r] * tanh_c[r] * o[r] * (1 - o[r]);
      di[r] = through * g[r] * i[r] * (1 - i[r]);
      df[r] = through * before[r] * f[r] * (1 - f[r]);
      dg[r] = through * i[r] * (1 - g[r] * g[r]);
      dc[r] = through * f[r];
      dh[r] = 0;
    }
  }
}

void Lstm::combine_jvp(std::size_t /*stage*/, const Kept& kept, float* delta, Index delta_ld,
                       float* tangent, float* other) const {
  const Index n = block(), ld = kept.record_ld;
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const __restrict i = kept.record + j * ld;
    const float* const __restrict f = i + n;
    const float* const __restrict o = i + 2 * n;
    const float* const __restrict g = i + 3 * n;
    const float* const __restrict tanh_c = i + 5 * n;
    const float* const __restrict before = kept.before + j * ld + 4 * n;
    const float* const __restrict di = delta + j * delta_ld;
    const float* const __restrict df = di + n;
    const float* const __restrict d_o = di + 2 * n;
    const float* const __restrict dg = di + 3 * n;
    float* const __restrict h = tangent + j * n;
    float* const __restrict c = other + j * n;
    for (Index r = 0; r < n; ++r) {
      c[r] = df[r] * f[r] * (1 - f[r]) * before[r] + f[r] * c[r] +
             di[r] * i[r] * (1 - i[r]) * g[r] + i[r] * dg[r] * (1 - g[r] * g[r]);
      h[r] = d_o[r] * o[r] * (1 - o[r]) * tanh_c[r] + o[r] * (1 - tanh_c[r] * tanh_c[r]) * c[r];
    }
  }
}

}  // namespace rlrun::nn
