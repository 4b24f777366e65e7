#pragma once
// What the passes of convolutions share. Inside, a picture is (height, width, channels).

#include <algorithm>
#include <vector>

#include "rlrun/nn/conv.hpp"

#include "nn/passes.hpp"

namespace rlrun::nn {

// Pictures that go through all layers together, so that they stay in the second cache.
constexpr Index kPictures = 4;
// Positions whose patches are laid out at a time.
constexpr Index kPositions = 128;

template <class F>
void for_pictures(Index n, const F& f) {
  for (Index from = 0; from < n; from += kPictures) f(from, std::min(kPictures, n - from));
}
template <class F>
void for_positions(Index n, const F& f) {
  for (Index from = 0; from < n; from += kPositions) f(from, std::min(kPositions, n - from));
}

struct Conv::ConvTape final : Network::Tape {
  Index cols = 0;
  MatrixF input;                 // scaled pictures, one a column
  std::vector<MatrixF> outputs;  // of each layer: pictures with padded channels
  MatrixF out;                   // (outputs, n), where the last layer's channels are padded

  // Scratch: pictures of a layer for kPictures columns, and patches for kPositions.
  MatrixF one, other, patches, tangent_patches;
  VectorF packed, packed_direction, transposed, gradient, zeros;
};

struct Conv::Passes {
  const Conv& net;

  /// All layers as their packed weights and then their padded biases, (packed_size).
  void pack(const float* params, float* packed) const;
  /// Transposed weights of all layers from number `lowest` on, (transposed_size).
  void pack_transposed(const float* params, std::size_t lowest, float* transposed) const;

  /// From columns of inputs to scaled pictures, and from pictures of slopes back.
  void read(const float* x, Index x_ld, Index n, float* pictures) const;
  void write_slopes(const float* pictures, Index n, MatrixFOut grad_x) const;
  /// From the last layer's pictures to columns of outputs, and back.
  void write_outputs(const float* pictures, MatrixFOut out) const;
  void read_outputs(MatrixFIn columns, float* pictures) const;

  /// What the outputs at `count` positions from `from` on, counted through pictures, see of the
  /// layer below: a column each, patches_ld apart.
  void patches(const Layer& layer, const float* below, Index from, Index count, float* out) const;
  /// Adds such columns to where they came from.
  void add_patches(const Layer& layer, const float* patches, Index from, Index count,
                   float* below) const;

  /// out = b + W * patch at each of the positions, and its activation if wanted.
  void product(const Layer& layer, const float* packed, const float* patches, Index count,
               float* out, bool activated) const;
  /// One layer for n pictures, its patches through `scratch`.
  void forward(const Layer& layer, const float* packed, const float* below, Index n, float* scratch,
               float* out) const;
};

}  // namespace rlrun::nn
