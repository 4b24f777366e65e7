#include "rlrun/nn/conv.hpp"

#include <cmath>
#include <utility>

#include "nn/conv_passes.hpp"
#include "nn/init.hpp"

namespace rlrun::nn {

std::vector<ConvLayer> conv_layers_named(const std::string& name) {
  if (name == "nature") return {{32, 8, 4}, {64, 4, 2}, {64, 3, 1}};
  if (name == "small") return {{16, 3, 1}};
  throw UserError("unknown convolutions '" + name + "'; known: nature small");
}

const std::vector<std::string>& conv_names() {
  static const std::vector<std::string> names = {"nature", "small"};
  return names;
}

Conv::Conv(ConvShape shape) : shape_(std::move(shape)) {
  RLRUN_CHECK(shape_.channels > 0 && !shape_.layers.empty());
  Index channels = shape_.channels, height = shape_.height, width = shape_.width;
  largest_image_ = inputs();
  for (const ConvLayer& wanted : shape_.layers) {
    const Index kernel = wanted.kernel, stride = wanted.stride;
    RLRUN_CHECK(wanted.channels > 0 && kernel > 0 && stride > 0);
    if (kernel > height || kernel > width)
      throw UserError("a convolution of " + std::to_string(kernel) + " x " +
                      std::to_string(kernel) + " does not fit into a picture of " +
                      std::to_string(height) + " x " + std::to_string(width));
    Layer layer{};
    layer.below_channels = channels;
    layer.below_width = width;
    layer.below_pixels = height * width;
    layer.below_ld = layers_.empty() ? channels : padded(channels);
    layer.kernel = kernel;
    layer.stride = stride;
    layer.depth = kernel * kernel * channels;
    height = (height - kernel) / stride + 1;
    width = (width - kernel) / stride + 1;
    channels = wanted.channels;
    layer.channels = channels;
    layer.width = width;
    layer.pixels = height * width;
    layer.ld = padded(channels);
    layer.weight_offset = n_params_;
    layer.bias_offset = n_params_ + channels * layer.depth;
    layer.packed_offset = packed_size_;
    layer.transposed_offset = transposed_size_;
    n_params_ = layer.bias_offset + channels;
    packed_size_ += layer.ld * (layer.depth + 1);
    transposed_size_ += padded(layer.depth) * channels;
    patches_ld_ = std::max(patches_ld_, nn::stride(layer.depth));
    largest_image_ = std::max(largest_image_, layer.pixels * layer.ld);
    layers_.push_back(layer);
  }
}

Index Conv::outputs() const {
  return layers_.back().pixels * layers_.back().channels;
}

std::unique_ptr<Network::Tape> Conv::tape() const {
  return std::make_unique<ConvTape>();
}

void Conv::initialize(VectorFOut params, Init init, float output_gain, Rng rng) const {
  RLRUN_CHECK(params.size() == n_params_);
  for (const Layer& layer : layers_) {
    const bool last = &layer == &layers_.back();
    Eigen::Map<MatrixF> weights(params.data() + layer.weight_offset, layer.channels, layer.depth);
    init_weights(weights, init, last ? double{output_gain} : std::sqrt(2.0), rng);
    params.segment(layer.bias_offset, layer.channels).setZero();
  }
}

void Conv::Passes::pack(const float* params, float* packed) const {
  for (const Layer& layer : net.layers_) {
    float* const to = packed + layer.packed_offset;
    kernel::pack(params + layer.weight_offset, layer.channels, layer.channels, layer.depth, to);
    float* const bias = to + layer.ld * layer.depth;
    std::copy_n(params + layer.bias_offset, layer.channels, bias);
    std::fill(bias + layer.channels, bias + layer.ld, 0.0F);
  }
}

namespace {

// dst[pixel * kChannels + channel] = scale * src[channel * pixels + pixel], for a number of channels
// that the compiler knows: it then works in whole registers.
template <Index kChannels>
void interleave(const float* __restrict src, Index pixels, float scale, float* __restrict dst) {
  for (Index p = 0; p < pixels; ++p)
    for (Index c = 0; c < kChannels; ++c) dst[p * kChannels + c] = scale * src[c * pixels + p];
}

}  // namespace

void Conv::Passes::read(const float* x, Index x_ld, Index n, float* pictures) const {
  const Index channels = net.shape_.channels, pixels = net.layers_.front().below_pixels;
  const float scale = net.shape_.scale;
  for (Index j = 0; j < n; ++j, x += x_ld, pictures += channels * pixels) {
    switch (channels) {
      case 1:
        interleave<1>(x, pixels, scale, pictures);
        break;
      case 3:
        interleave<3>(x, pixels, scale, pictures);
        break;
      case 4:
        interleave<4>(x, pixels, scale, pictures);
        break;
      default:
        for (Index c = 0; c < channels; ++c)
          for (Index p = 0; p < pixels; ++p) pictures[p * channels + c] = scale * x[c * pixels + p];
    }
  }
}

void Conv::Passes::write_outputs(const float* pictures, MatrixFOut out) const {
  const Layer& last = net.layers_.back();
  for (Index j = 0; j < out.cols(); ++j) {
    float* to = out.col(j).data();
    for (Index p = 0; p < last.pixels; ++p, pictures += last.ld, to += last.channels)
      std::copy_n(pictures, last.channels, to);
  }
}

void Conv::Passes::patches(const Layer& layer, const float* below, Index from, Index count,
                           float* out) const {
  const Index run = layer.kernel * layer.below_channels;
  const Index row_ld = layer.below_width * layer.below_ld;
  for (Index q = from; q < from + count; ++q, out += net.patches_ld_) {
    const Index picture = q / layer.pixels, position = q % layer.pixels;
    const Index y = position / layer.width * layer.stride,
                x = position % layer.width * layer.stride;
    const float* corner =
        below + (picture * layer.below_pixels + y * layer.below_width + x) * layer.below_ld;
    float* to = out;
    for (Index ky = 0; ky < layer.kernel; ++ky, corner += row_ld) {
      if (layer.below_ld == layer.below_channels) {
        copy_run(corner, run, to);
        to += run;
        continue;
      }
      for (Index kx = 0; kx < layer.kernel; ++kx, to += layer.below_channels)
        copy_run(corner + kx * layer.below_ld, layer.below_channels, to);
    }
  }
}

void Conv::Passes::product(const Layer& layer, const float* packed, const float* patches,
                           Index count, float* out, bool activated) const {
  const float* const weights = packed + layer.packed_offset;
  kernel::product({.data = weights, .panel_depth = layer.depth},
                  {.data = patches, .ld = net.patches_ld_}, layer.ld, layer.depth, count,
                  weights + layer.ld * layer.depth, 0, out, layer.ld,
                  activated ? activate(net.shape_.activation) : Finish{});
}

void Conv::Passes::forward(const Layer& layer, const float* packed, const float* below, Index n,
                           float* scratch, float* out) const {
  for_positions(n * layer.pixels, [&](Index from, Index count) {
    patches(layer, below, from, count, scratch);
    product(layer, packed, scratch, count, out + from * layer.ld, true);
  });
}

void Conv::infer_step(VectorFIn params, MatrixFIn x, MatrixFOut /*memory*/, MatrixFOut out,
                      Workspace& workspace) const {
  const Passes passes{*this};
  const Workspace::Scope scope(workspace);
  float* const packed = workspace.matrix(packed_size_, 1).data();
  float* const patches = workspace.matrix(patches_ld_, kPositions).data();
  float* result = workspace.matrix(largest_image_, kPictures).data();
  float* other = workspace.matrix(largest_image_, kPictures).data();
  passes.pack(params.data(), packed);
  for_pictures(x.cols(), [&](Index from, Index n) {
    passes.read(x.col(from).data(), x.outerStride(), n, result);
    for (const Layer& layer : layers_) {
      passes.forward(layer, packed, result, n, patches, other);
      std::swap(result, other);
    }
    passes.write_outputs(result, out.middleCols(from, n));
  });
}

Eigen::Ref<const MatrixF> Conv::forward_steps(VectorFIn params, const Steps& steps,
                                              Tape& any_tape) const {
  auto& tape = tape_of<ConvTape>(any_tape);
  const Passes passes{*this};
  const Index n = steps.columns.cols();
  tape.cols = n;
  reserve(tape.input, inputs(), n);
  reserve(tape.patches, patches_ld_, kPositions);
  reserve(tape.packed, packed_size_);
  tape.outputs.resize(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l)
    reserve(tape.outputs[l], layers_[l].pixels * layers_[l].ld, n);
  passes.pack(params.data(), tape.packed.data());
  for_pictures(n, [&](Index from, Index cols) {
    const float* below = tape.input.col(from).data();
    passes.read(steps.columns.col(from).data(), steps.columns.outerStride(), cols,
                tape.input.col(from).data());
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      float* const out = tape.outputs[l].col(from).data();
      passes.forward(layers_[l], tape.packed.data(), below, cols, tape.patches.data(), out);
      below = out;
    }
  });
  if (layers_.back().ld == layers_.back().channels) return tape.outputs.back().leftCols(n);
  reserve(tape.out, outputs(), n);
  passes.write_outputs(tape.outputs.back().data(), tape.out.leftCols(n));
  return tape.out.leftCols(n);
}

}  // namespace rlrun::nn
