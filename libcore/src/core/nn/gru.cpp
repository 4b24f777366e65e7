#include "rlrun/nn/gru.hpp"

#include "nn/passes.hpp"

namespace rlrun::nn {

// A record: the gates r, z, g, then r h. Stage 0 has r and z, stage 1 has g.
Gru::Gru(const GruShape& shape)
    : Recurrent(shape.inputs, shape.units,
                {.stage_gates = {2, 1}, .other_blocks = 1, .multiplied_block = 3}),
      shape_(shape) {}

void Gru::combine(std::size_t stage, const Kept& kept, float* h) const {
  const Index n = block(), ld = kept.record_ld;
  if (stage == 0)
    kernel::apply({.kind = Finish::Kind::kSigmoid}, kept.record, ld, 2 * n, kept.cols);
  else
    kernel::apply({.kind = Finish::Kind::kTanh}, kept.record + 2 * n, ld, n, kept.cols);
  for (Index j = 0; j < kept.cols; ++j) {
    float* const __restrict r = kept.record + j * ld;
    const float* const __restrict z = r + n;
    const float* const __restrict g = r + 2 * n;
    float* const __restrict rh = r + 3 * n;
    const float* const __restrict before = kept.h_before + j * kept.h_before_ld;
    float* const __restrict out = h + j * n;
    if (stage == 0)
      for (Index k = 0; k < n; ++k) rh[k] = r[k] * before[k];
    else
      for (Index k = 0; k < n; ++k) out[k] = z[k] * before[k] + (1 - z[k]) * g[k];
  }
}

void Gru::combine_back(std::size_t stage, const Kept& kept, float* slope, float* other,
                       float* delta, Index delta_ld) const {
  const Index n = block();
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const __restrict r = kept.record + j * kept.record_ld;
    const float* const __restrict z = r + n;
    const float* const __restrict g = r + 2 * n;
    const float* const __restrict before = kept.h_before + j * kept.h_before_ld;
    float* const __restrict dh = slope + j * n;
    const float* const __restrict d_rh = other + j * n;
    float* const __restrict dr = delta + j * delta_ld;
    float* const __restrict dz = dr + n;
    float* const __restrict dg = dr + 2 * n;
    if (stage == 1) {
      for (Index k = 0; k < n; ++k) {
        dg[k] = dh[k] * (1 - z[k]) * (1 - g[k] * g[k]);
        dz[k] = dh[k] * (before[k] - g[k]) * z[k] * (1 - z[k]);
        dh[k] = dh[k] * z[k];
      }
    } else {
      for (Index k = 0; k < n; ++k) {
        dr[k] = d_rh[k] * before[k] * r[k] * (1 - r[k]);
        dh[k] += d_rh[k] * r[k];
      }
    }
  }
}

void Gru::combine_jvp(std::size_t stage, const Kept& kept, float* delta, Index delta_ld,
                      float* tangent, float* other) const {
  const Index n = block();
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const __restrict r = kept.record + j * kept.record_ld;
    const float* const __restrict z = r + n;
    const float* const __restrict g = r + 2 * n;
    const float* const __restrict before = kept.h_before + j * kept.h_before_ld;
    const float* const __restrict dr = delta + j * delta_ld;
    const float* const __restrict dz = dr + n;
    const float* const __restrict dg = dr + 2 * n;
    float* const __restrict dh = tangent + j * n;
    float* const __restrict d_rh = other + j * n;
    if (stage == 0) {
      for (Index k = 0; k < n; ++k) d_rh[k] = dr[k] * r[k] * (1 - r[k]) * before[k] + r[k] * dh[k];
    } else {
      for (Index k = 0; k < n; ++k)
        dh[k] = dz[k] * z[k] * (1 - z[k]) * (before[k] - g[k]) + z[k] * dh[k] +
                (1 - z[k]) * dg[k] * (1 - g[k] * g[k]);
    }
  }
}

}  // namespace rlrun::nn
