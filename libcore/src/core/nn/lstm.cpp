#include "rlrun/nn/lstm.hpp"

#include "nn/recurrent_passes.hpp"

namespace rlrun::nn {
namespace {

// Blocks of a record, and the gates among those of `delta`.
enum Block { kIn, kForget, kOut, kNew, kCell, kTanhCell };

}  // namespace

Lstm::Lstm(const LstmShape& shape)
    : Recurrent(shape.inputs, shape.units,
                {.stage_gates = {4}, .other_blocks = 2, .remembered_block = kCell}),
      shape_(shape) {}

void Lstm::initialize_biases(VectorFOut biases) const {
  biases.segment(kForget * units(), units()).setConstant(shape_.forget_bias);
}

void Lstm::combine(std::size_t /*stage*/, const Kept& kept, float* h) const {
  const Index n = block(), ld = kept.record_ld;
  kernel::apply({.kind = Finish::Kind::kSigmoid}, kept.record, ld, 3 * n, kept.cols);
  kernel::apply({.kind = Finish::Kind::kTanh}, kept.record + kNew * n, ld, n, kept.cols);
  for (Index j = 0; j < kept.cols; ++j) {
    float* const own = kept.record + j * ld;
    const float* const before = kept.before + j * ld;
    for (Index r = 0; r < n; r += kernel::kLanes) {
      const Lanes c = load(own + kForget * n + r) * load(before + kCell * n + r) +
                      load(own + kIn * n + r) * load(own + kNew * n + r);
      store(own + kCell * n + r, c);
      store(own + kTanhCell * n + r, c);
    }
  }
  kernel::apply({.kind = Finish::Kind::kTanh}, kept.record + kTanhCell * n, ld, n, kept.cols);
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const own = kept.record + j * ld;
    for (Index r = 0; r < n; r += kernel::kLanes)
      store(h + j * n + r, load(own + kOut * n + r) * load(own + kTanhCell * n + r));
  }
}

void Lstm::combine_back(std::size_t /*stage*/, const Kept& kept, float* slope, float* other,
                        float* delta, Index delta_ld) const {
  const Index n = block();
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const own = kept.record + j * kept.record_ld;
    const float* const before = kept.before + j * kept.record_ld;
    float* const d = delta + j * delta_ld;
    for (Index r = 0; r < n; r += kernel::kLanes) {
      const Lanes i = load(own + kIn * n + r), f = load(own + kForget * n + r);
      const Lanes o = load(own + kOut * n + r), g = load(own + kNew * n + r);
      const Lanes tanh_c = load(own + kTanhCell * n + r), dh = load(slope + j * n + r);
      const Lanes dc = load(other + j * n + r) + dh * o * (1 - tanh_c * tanh_c);
      store(d + kIn * n + r, dc * g * i * (1 - i));
      store(d + kForget * n + r, dc * load(before + kCell * n + r) * f * (1 - f));
      store(d + kOut * n + r, dh * tanh_c * o * (1 - o));
      store(d + kNew * n + r, dc * i * (1 - g * g));
      store(other + j * n + r, dc * f);
      store(slope + j * n + r, Lanes::Zero());
    }
  }
}

void Lstm::combine_jvp(std::size_t /*stage*/, const Kept& kept, float* delta, Index delta_ld,
                       float* tangent, float* other) const {
  const Index n = block();
  for (Index j = 0; j < kept.cols; ++j) {
    const float* const own = kept.record + j * kept.record_ld;
    const float* const before = kept.before + j * kept.record_ld;
    const float* const d = delta + j * delta_ld;
    for (Index r = 0; r < n; r += kernel::kLanes) {
      const Lanes i = load(own + kIn * n + r), f = load(own + kForget * n + r);
      const Lanes o = load(own + kOut * n + r), g = load(own + kNew * n + r);
      const Lanes tanh_c = load(own + kTanhCell * n + r);
      const Lanes di = load(d + kIn * n + r) * i * (1 - i);
      const Lanes df = load(d + kForget * n + r) * f * (1 - f);
      const Lanes d_o = load(d + kOut * n + r) * o * (1 - o);
      const Lanes dg = load(d + kNew * n + r) * (1 - g * g);
      const Lanes dc =
          df * load(before + kCell * n + r) + f * load(other + j * n + r) + di * g + i * dg;
      store(other + j * n + r, dc);
      store(tangent + j * n + r, d_o * tanh_c + o * (1 - tanh_c * tanh_c) * dc);
    }
  }
}

}  // namespace rlrun::nn
