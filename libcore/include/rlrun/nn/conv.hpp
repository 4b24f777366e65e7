#pragma once
// Convolutions over pictures and boards.

#include <string>
#include <vector>

#include "rlrun/nn/mlp.hpp"
#include "rlrun/nn/network.hpp"

namespace rlrun::nn {

struct ConvLayer {
  Index channels = 0, kernel = 1, stride = 1;
};

/// "nature": 32 channels of 8 x 8 at stride 4, 64 of 4 x 4 at 2, 64 of 3 x 3 at 1 (Mnih et al.
/// 2015), for pictures of 84 x 84. "small": 16 channels of 3 x 3, for boards of about 10 x 10 (Young
/// and Tian 2019). Throws UserError for another name.
RLRUN_API std::vector<ConvLayer> conv_layers_named(const std::string& name);
RLRUN_API const std::vector<std::string>& conv_names();

struct ConvShape {
  Index channels = 0, height = 0, width = 0;
  std::vector<ConvLayer> layers;
  Activation activation = Activation::kRelu;
  float scale = 1;  ///< Multiplies the inputs: 1 / 255 for bytes.
};

/// Layers of two-dimensional convolutions with square kernels, without padding.
///
/// A column of the inputs is the row-major content of (channels, height, width), as in the `shape`
/// of an observation's Box. A column of the outputs is that of (height, width, channels): what
/// follows is dense and has no order, and inside, the channels of a pixel are neighbours.
///
/// Parameters, layer after layer: weights (channels, kernel * kernel * channels below), column by
/// column, the columns in the order row, column, channel below; then the biases.
class RLRUN_API Conv final : public Network {
 public:
  /// Throws UserError where a kernel is larger than the picture it meets.
  explicit Conv(ConvShape shape);

  [[nodiscard]] const ConvShape& shape() const { return shape_; }
  [[nodiscard]] Index inputs() const override {
    return shape_.channels * shape_.height * shape_.width;
  }
  [[nodiscard]] Index outputs() const override;
  [[nodiscard]] Index n_params() const override { return n_params_; }
  [[nodiscard]] std::unique_ptr<Tape> tape() const override;
  void initialize(VectorFOut params, Init init, float output_gain, Rng rng) const override;

 private:
  struct ConvTape;
  struct Passes;
  /// A picture's channels are `below_ld` (`ld`) floats from pixel to pixel.
  struct Layer {
    Index below_channels, below_width, below_pixels, below_ld;
    Index channels, width, pixels, ld;
    Index kernel, stride, depth;  // depth: weights of an output
    Index weight_offset, bias_offset;
    Index packed_offset, transposed_offset;
  };

  void infer_step(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
                  Workspace& workspace) const override;
  [[nodiscard]] Eigen::Ref<const MatrixF> forward_steps(VectorFIn params, const Steps& steps,
                                                        Tape& tape) const override;
  void backward_steps(VectorFIn params, Tape& tape, MatrixFIn slope, VectorFOut grad,
                      MatrixFOut grad_x) const override;
  void jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Tape& tape,
                 MatrixFOut out) const override;

  ConvShape shape_;
  std::vector<Layer> layers_;
  Index n_params_ = 0, packed_size_ = 0, transposed_size_ = 0;
  Index patches_ld_ = 0;     // of the deepest patch
  Index largest_image_ = 0;  // floats of the largest layer's picture
};

}  // namespace rlrun::nn
