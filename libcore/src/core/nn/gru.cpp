#include "rlrun/nn/gru.hpp"

#include "nn/recurrent_passes.hpp"

namespace rlrun::nn {
namespace {

// Blocks of a record, and the gates among those of `delta`. Stage 0 has the first two gates.
enum Block { kReset, kKeep, kNew, kResetH };

}  // namespace

Gru::Gru(const GruShape& shape)
    : Recurrent(shape.inputs, shape.units,
                {.stage_gates = {2, 1}, .other_blocks = 1, .multiplied_block = kResetH}),
      shape_(shape) {}

void Gru::combine(std::size_t stage, const Kept& kept, float* h) const {
  const Index n = block(), ld = kept.record_ld;
  if (stage == 0)
    kernel::apply({.kind = Finish::Kind::kSigmoid}, kept.record, ld, 2 * n, kept.cols);
  else
    kernel::apply({.kind = Finish::Kind::kTanh}, kept.record + kNew * n, ld, n, kept.cols);
  for (Index j = 0; j < kept.cols; ++j) {
    float* const own = kept.record + j * ld;
    const float* const h_before = kept.h_before + j * kept.h_before_ld;
    for (Index r = 0; r < n; r += kernel::kLanes) {
      const Lanes before = load(h_before + r);
      if (stage == 0) {
        store(own + kResetH * n + r, load(own + kReset * n + r) * before);
        continue;
      }
      const Lanes z = load(own + kKeep * n + r);
      store(h + j * n + r, z * before + (1 - z) * load(own + kNew * n + r));
    }
  }
}

void Gru::combine_back(std::size_t stage, const Kept& kept, float* slope, float* other,
                       float* delta, Index delta_ld) const {
  const Index n = block();
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const own = kept.record + j * kept.record_ld;
    const float* const h_before = kept.h_before + j * kept.h_before_ld;
    float* const d = delta + j * delta_ld;
    for (Index r = 0; r < n; r += kernel::kLanes) {
      const Lanes before = load(h_before + r), dh = load(slope + j * n + r);
      if (stage == 1) {
        const Lanes z = load(own + kKeep * n + r), g = load(own + kNew * n + r);
        store(d + kNew * n + r, dh * (1 - z) * (1 - g * g));
        store(d + kKeep * n + r, dh * (before - g) * z * (1 - z));
        store(slope + j * n + r, dh * z);
        continue;
      }
      const Lanes reset = load(own + kReset * n + r), d_reset_h = load(other + j * n + r);
      store(d + kReset * n + r, d_reset_h * before * reset * (1 - reset));
      store(slope + j * n + r, dh + d_reset_h * reset);
    }
  }
}

void Gru::combine_jvp(std::size_t stage, const Kept& kept, float* delta, Index delta_ld,
                      float* tangent, float* other) const {
  const Index n = block();
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const own = kept.record + j * kept.record_ld;
    const float* const h_before = kept.h_before + j * kept.h_before_ld;
    const float* const d = delta + j * delta_ld;
    for (Index r = 0; r < n; r += kernel::kLanes) {
      const Lanes before = load(h_before + r), dh = load(tangent + j * n + r);
      if (stage == 0) {
        const Lanes reset = load(own + kReset * n + r);
        const Lanes d_reset = load(d + kReset * n + r) * reset * (1 - reset);
        store(other + j * n + r, d_reset * before + reset * dh);
        continue;
      }
      const Lanes z = load(own + kKeep * n + r), g = load(own + kNew * n + r);
      const Lanes dz = load(d + kKeep * n + r) * z * (1 - z);
      const Lanes dg = load(d + kNew * n + r) * (1 - g * g);
      store(tangent + j * n + r, dz * (before - g) + z * dh + (1 - z) * dg);
    }
  }
}

}  // namespace rlrun::nn
