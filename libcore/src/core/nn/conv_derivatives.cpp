// Backward and forward-mode passes of convolutions over the pictures of a tape.

#include <utility>

#include "nn/conv_passes.hpp"

namespace rlrun::nn {

void Conv::Passes::pack_transposed(const float* params, std::size_t lowest,
                                   float* transposed) const {
  for (std::size_t l = lowest; l < net.layers_.size(); ++l) {
    const Layer& layer = net.layers_[l];
    kernel::pack_transposed(params + layer.weight_offset, layer.channels, layer.depth,
                            layer.channels, transposed + layer.transposed_offset);
  }
}

void Conv::Passes::write_slopes(const float* pictures, Index n, MatrixFOut grad_x) const {
  const Index channels = net.shape_.channels, pixels = net.layers_.front().below_pixels;
  for (Index j = 0; j < n; ++j, pictures += channels * pixels) {
    float* const to = grad_x.col(j).data();
    for (Index p = 0; p < pixels; ++p)
      for (Index c = 0; c < channels; ++c)
        to[c * pixels + p] = net.shape_.scale * pictures[p * channels + c];
  }
}

void Conv::Passes::read_outputs(MatrixFIn columns, float* pictures) const {
  const Layer& last = net.layers_.back();
  for (Index j = 0; j < columns.cols(); ++j) {
    const float* from = columns.col(j).data();
    for (Index p = 0; p < last.pixels; ++p, pictures += last.ld, from += last.channels) {
      std::copy_n(from, last.channels, pictures);
      std::fill(pictures + last.channels, pictures + last.ld, 0.0F);
    }
  }
}

void Conv::Passes::add_patches(const Layer& layer, const float* patches, Index from, Index count,
                               float* below) const {
  const Index run = layer.kernel * layer.below_channels;
  const Index row_ld = layer.below_width * layer.below_ld;
  const auto add = [](const float* __restrict source, Index n, float* __restrict to) {
    for (Index r = 0; r < n; ++r) to[r] += source[r];
  };
  for (Index q = from; q < from + count; ++q, patches += net.patches_ld_) {
    const Index picture = q / layer.pixels, position = q % layer.pixels;
    const Index y = position / layer.width * layer.stride,
                x = position % layer.width * layer.stride;
    float* corner =
        below + (picture * layer.below_pixels + y * layer.below_width + x) * layer.below_ld;
    const float* source = patches;
    for (Index ky = 0; ky < layer.kernel; ++ky, corner += row_ld) {
      if (layer.below_ld == layer.below_channels) {
        add(source, run, corner);
        source += run;
        continue;
      }
      for (Index kx = 0; kx < layer.kernel; ++kx, source += layer.below_channels)
        add(source, layer.below_channels, corner + kx * layer.below_ld);
    }
  }
}

void Conv::backward_steps(VectorFIn params, Tape& any_tape, MatrixFIn slope, VectorFOut grad,
                          MatrixFOut grad_x) const {
  auto& tape = tape_of<ConvTape>(any_tape);
  const Passes passes{*this};
  const bool wants_grad = grad.size() > 0;
  RLRUN_CHECK(slope.cols() == tape.cols);
  // The lowest layer whose input needs a slope.
  const std::size_t lowest = grad_x.size() > 0 ? 0 : wants_grad ? 1 : layers_.size();
  reserve(tape.one, largest_image_, kPictures);
  reserve(tape.other, largest_image_, kPictures);
  reserve(tape.tangent_patches, patches_ld_, kPositions);
  reserve(tape.transposed, transposed_size_);
  reserve(tape.gradient, packed_size_);
  if (tape.zeros.size() < patches_ld_) tape.zeros.setZero(patches_ld_);
  passes.pack_transposed(params.data(), lowest, tape.transposed.data());
  if (wants_grad) tape.gradient.head(packed_size_).setZero();
  const float one = 1;

  for_pictures(tape.cols, [&](Index from, Index cols) {
    float* delta = tape.one.data();
    float* below_delta = tape.other.data();
    passes.read_outputs(slope.middleCols(from, cols), delta);
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const Layer& layer = layers_[l];
      const Index positions = cols * layer.pixels;
      kernel::apply(times_slope(shape_.activation, tape.outputs[l].col(from).data(), layer.ld),
                    delta, layer.ld, layer.ld, positions);
      const float* const below =
          l == 0 ? tape.input.col(from).data() : tape.outputs[l - 1].col(from).data();
      const Index below_size = layer.below_pixels * layer.below_ld * cols;
      if (l >= lowest) std::fill_n(below_delta, below_size, 0.0F);
      float* const dw = tape.gradient.data() + layer.packed_offset;
      float* const db = dw + layer.ld * layer.depth;
      for_positions(positions, [&](Index first, Index count) {
        const float* const own = delta + first * layer.ld;
        if (wants_grad) {
          // dW += delta * patch^T and db += delta: sums over the positions.
          passes.patches(layer, below, first, count, tape.patches.data());
          const Lhs left{.data = own, .ld = layer.ld};
          kernel::product(left, {tape.patches.data(), patches_ld_, 1}, layer.ld, count, layer.depth,
                          dw, layer.ld, dw, layer.ld);
          kernel::product(left, {&one, 0, 1}, layer.ld, count, 1, db, layer.ld, db, layer.ld);
        }
        if (l < lowest) return;
        float* const patches = tape.tangent_patches.data();
        kernel::product({.data = tape.transposed.data() + layer.transposed_offset,
                         .panel_depth = layer.channels},
                        {.data = own, .ld = layer.ld}, padded(layer.depth), layer.channels, count,
                        tape.zeros.data(), 0, patches, patches_ld_);
        passes.add_patches(layer, patches, first, count, below_delta);
      });
      if (l < lowest) break;
      std::swap(delta, below_delta);
    }
    if (grad_x.size() > 0) passes.write_slopes(delta, cols, grad_x.middleCols(from, cols));
  });

  if (!wants_grad) return;
  for (const Layer& layer : layers_) {
    Eigen::Map<MatrixF> to(grad.data() + layer.weight_offset, layer.channels, layer.depth + 1);
    to += Eigen::Map<const MatrixF>(tape.gradient.data() + layer.packed_offset, layer.ld,
                                    layer.depth + 1)
              .topRows(layer.channels);
  }
}

void Conv::jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Tape& any_tape,
                     MatrixFOut out) const {
  auto& tape = tape_of<ConvTape>(any_tape);
  const Passes passes{*this};
  RLRUN_CHECK(out.cols() == tape.cols);
  const bool moves_x = direction_x.size() > 0;
  reserve(tape.one, largest_image_, kPictures);
  reserve(tape.other, largest_image_, kPictures);
  reserve(tape.tangent_patches, patches_ld_, kPositions);
  reserve(tape.packed, packed_size_);
  reserve(tape.packed_direction, packed_size_);
  passes.pack(params.data(), tape.packed.data());
  passes.pack(direction.data(), tape.packed_direction.data());

  for_pictures(tape.cols, [&](Index from, Index cols) {
    float* tangent = tape.one.data();
    float* next = tape.other.data();
    if (moves_x)
      passes.read(direction_x.col(from).data(), direction_x.outerStride(), cols, tangent);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const Layer& layer = layers_[l];
      const Index positions = cols * layer.pixels;
      const float* const below =
          l == 0 ? tape.input.col(from).data() : tape.outputs[l - 1].col(from).data();
      // dz = dW x + db + W dx; dy = slope * dz.
      for_positions(positions, [&](Index first, Index count) {
        float* const own = next + first * layer.ld;
        passes.patches(layer, below, first, count, tape.patches.data());
        passes.product(layer, tape.packed_direction.data(), tape.patches.data(), count, own, false);
        if (l == 0 && !moves_x) return;
        passes.patches(layer, tangent, first, count, tape.tangent_patches.data());
        kernel::product(
            {.data = tape.packed.data() + layer.packed_offset, .panel_depth = layer.depth},
            {.data = tape.tangent_patches.data(), .ld = patches_ld_}, layer.ld, layer.depth, count,
            own, layer.ld, own, layer.ld);
      });
      kernel::apply(times_slope(shape_.activation, tape.outputs[l].col(from).data(), layer.ld),
                    next, layer.ld, layer.ld, positions);
      std::swap(tangent, next);
    }
    passes.write_outputs(tangent, out.middleCols(from, cols));
  });
}

}  // namespace rlrun::nn
