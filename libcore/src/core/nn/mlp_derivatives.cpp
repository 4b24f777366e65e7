// Backward and forward-mode passes of a network over the activations of a tape.

#include <algorithm>
#include <utility>

#include "rlrun/error.hpp"

#include "nn/mlp_passes.hpp"

namespace rlrun::nn {
namespace {

// Asks for columns that were written long ago: the products read them in too many short pieces for
// the processor to foresee.
void prefetch(const MatrixF& matrix, Index from, Index cols) {
  constexpr Index kLine = 16;  // floats
  const float* const end = matrix.data() + (from + cols) * matrix.rows();
  for (const float* p = matrix.data() + from * matrix.rows(); p < end; p += kLine)
    __builtin_prefetch(p, 0, 2);
}

}  // namespace

void Mlp::reserve_scratch(Tape& tape) const {
  const Index cols = std::min(tape.cols_, kSlice);
  reserve(tape.deltas_, widest_, cols);
  reserve(tape.next_deltas_, widest_, cols);
  reserve(tape.packed_, std::max(transposed_params_, 2 * padded_params_));
  reserve(tape.gradient_, padded_params_);
}

// Its outputs would leave most of a register empty: the gradient of the weights is computed as its
// transpose, where the inputs are the rows. Each entry is the same sum.
bool Mlp::is_flat(std::size_t l) const {
  const Layer& layer = layers_[l];
  return l > 0 && layer.inputs == layer.early_inputs && layer.outputs < kernel::kLanes &&
         padded(layer.inputs) * layer.outputs <= padded(layer.outputs) * layer.inputs;
}

void Mlp::backward(VectorFIn params, Tape& tape, MatrixFIn grad_output, VectorFOut grad) const {
  MatrixF none;
  backward(params, tape, grad_output, grad, none, none);
}

void Mlp::backward_steps(VectorFIn params, Network::Tape& tape, MatrixFIn slope, VectorFOut grad,
                         MatrixFOut grad_x) const {
  MatrixF no_late;
  backward(params, tape_of<Tape>(tape), slope, grad, grad_x, no_late);
}

void Mlp::backward(VectorFIn params, Tape& tape, MatrixFIn grad_output, VectorFOut grad,
                   MatrixFOut grad_x, MatrixFOut grad_late) const {
  const Index n = tape.cols_;
  const bool wants_grad = grad.size() > 0;
  RLRUN_CHECK(params.size() == n_params_ && (!wants_grad || grad.size() == n_params_));
  RLRUN_CHECK(grad_output.rows() == shape_.outputs && grad_output.cols() == n);
  RLRUN_CHECK(grad_x.size() == 0 || (grad_x.rows() == shape_.inputs && grad_x.cols() == n));
  RLRUN_CHECK(grad_late.size() == 0 ||
              (grad_late.rows() == shape_.late_inputs && grad_late.cols() == n));
  reserve_scratch(tape);

  // The lowest layer whose input needs a gradient: for what is asked at the inputs, or for the
  // weights below.
  const std::size_t lowest = grad_x.size() > 0 ? 0 : wants_grad ? 1 : 2;

  // W^T of every layer whose input gets a gradient; that of the late inputs follows its layer's.
  float* const transposed = tape.packed_.data();
  for (std::size_t l = std::min<std::size_t>(lowest, 1); l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const float* const w = params.data() + layer.weight_offset;
    float* const to = transposed + layer.transposed_offset;
    if (l >= lowest)
      kernel::pack_transposed(w, layer.outputs, layer.early_inputs, layer.outputs, to);
    if (layer.inputs > layer.early_inputs && grad_late.size() > 0)
      kernel::pack_transposed(w + layer.early_inputs * layer.outputs, layer.outputs,
                              shape_.late_inputs, layer.outputs,
                              to + padded(layer.early_inputs) * layer.outputs);
  }

  if (wants_grad) tape.gradient_.head(padded_params_).setZero();
  const float one = 1;
  const Rhs ones{.data = &one, .step = 0};
  VectorF& zero_bias = tape.zeros_;
  if (zero_bias.size() < widest_) zero_bias.setZero(widest_);

  for_slices(n, [&](Index from, Index cols) {
    float* delta = tape.deltas_.data();
    float* next = tape.next_deltas_.data();
    const Index out_rows = padded(shape_.outputs);
    std::fill_n(delta, out_rows * cols, 0.0F);
    for (Index j = 0; j < cols; ++j)  // few rows as a rule, for which Eigen's loops are too much
      for (Index i = 0; i < shape_.outputs; ++i) delta[i + j * out_rows] = grad_output(i, from + j);
    if (shape_.output_scale.size() > 0)
      Eigen::Map<MatrixF>(delta, out_rows, cols).topRows(shape_.outputs).array().colwise() *=
          shape_.output_scale.array();
    kernel::apply(
        times_slope(layers_.back().activation, tape.outputs_.back().col(from).data(), out_rows),
        delta, out_rows, out_rows, cols);

    for (std::size_t l = layers_.size(); l-- > 0;) {
      const Layer& layer = layers_[l];
      const Index rows = padded(layer.outputs);
      const Inputs in = layer_inputs(l, tape, from);
      if (wants_grad) {
        // dW += delta [x; late]^T and db += delta 1: sums over the columns.
        float* const dw = tape.gradient_.data() + layer.padded_offset;
        float* const dw_late = dw + rows * layer.early_inputs;
        float* const db = dw + rows * layer.inputs;
        const Lhs left{.data = delta, .ld = rows};
        if (is_flat(l)) {
          const Index padded_inputs = padded(layer.inputs);
          kernel::product({.data = in.x.data, .ld = in.x.ld}, {delta, rows, 1}, padded_inputs, cols,
                          layer.outputs, dw, padded_inputs, dw, padded_inputs);
        } else {
          kernel::product(left, {in.x.data, in.x.ld, 1}, rows, cols, layer.early_inputs, dw, rows,
                          dw, rows);
        }
        if (layer.inputs > layer.early_inputs)
          kernel::product(left, {in.late.data, in.late.ld, 1}, rows, cols, shape_.late_inputs,
                          dw_late, rows, dw_late, rows);
        kernel::product(left, ones, rows, cols, 1, db, rows, db, rows);
      }

      // delta of the layer below = (W^T delta) * slope.
      const Rhs right{.data = delta, .ld = rows};
      const float* const wt = transposed + layer.transposed_offset;
      if (layer.inputs > layer.early_inputs && grad_late.size() > 0) {
        const Index late_rows = padded(shape_.late_inputs);
        kernel::product(
            {.data = wt + padded(layer.early_inputs) * layer.outputs, .panel_depth = layer.outputs},
            right, late_rows, layer.outputs, cols, zero_bias.data(), 0, next, late_rows);
        grad_late.middleCols(from, cols) =
            Eigen::Map<const MatrixF>(next, late_rows, cols).topRows(shape_.late_inputs);
      }
      if (l < lowest) break;
      const Index below = padded(layer.early_inputs);
      const Finish slope =
          l == 0 ? Finish{} : times_slope(layers_[l - 1].activation, in.x.data, below);
      kernel::product({.data = wt, .panel_depth = layer.outputs}, right, below, layer.outputs, cols,
                      zero_bias.data(), 0, next, below, slope);
      if (l == 0)
        grad_x.middleCols(from, cols) =
            Eigen::Map<const MatrixF>(next, below, cols).topRows(shape_.inputs);
      std::swap(delta, next);
    }
  });

  if (!wants_grad) return;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const Eigen::Map<const MatrixF> from(tape.gradient_.data() + layer.padded_offset,
                                         padded(layer.outputs), layer.inputs + 1);
    Eigen::Map<MatrixF> to(grad.data() + layer.weight_offset, layer.outputs, layer.inputs + 1);
    if (!is_flat(l)) {
      to += from.topRows(layer.outputs);
      continue;
    }
    to.leftCols(layer.inputs) +=
        Eigen::Map<const MatrixF>(from.data(), padded(layer.inputs), layer.outputs)
            .topRows(layer.inputs)
            .transpose();
    to.rightCols(1) += from.topRows(layer.outputs).rightCols(1);
  }
}

void Mlp::jvp(VectorFIn params, VectorFIn direction, Tape& tape, MatrixFOut out) const {
  jvp_steps(params, direction, MatrixF(), tape, out);
}

void Mlp::jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x,
                    Network::Tape& any_tape, MatrixFOut out) const {
  Tape& tape = tape_of<Tape>(any_tape);
  const Index n = tape.cols_;
  RLRUN_CHECK(params.size() == n_params_ && direction.size() == n_params_);
  RLRUN_CHECK(out.rows() == shape_.outputs && out.cols() == n);
  reserve_scratch(tape);
  float* const packed = tape.packed_.data();
  float* const packed_direction = packed + padded_params_;
  pack(params.data(), packed);
  pack(direction.data(), packed_direction);

  const bool moves_x = direction_x.size() > 0;
  for_slices(n, [&](Index from, Index cols) {
    for (std::size_t l = 0; l < layers_.size(); ++l) prefetch(tape.outputs_[l], from, cols);
    float* tangent = tape.deltas_.data();
    float* next = tape.next_deltas_.data();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const Layer& layer = layers_[l];
      const Index rows = padded(layer.outputs);
      // dz = dW x + db + W dx; dy = slope * dz.
      product(layer, packed_direction, layer_inputs(l, tape, from), cols, next, false);
      const Finish slope = times_slope(layer.activation, tape.outputs_[l].col(from).data(), rows);
      Rhs dx{.data = tangent, .ld = padded(layer.early_inputs)};
      if (l == 0 && moves_x) dx = {direction_x.col(from).data(), 1, direction_x.outerStride()};
      if (l == 0 && !moves_x)
        kernel::apply(slope, next, rows, rows, cols);
      else
        kernel::product({.data = packed + layer.padded_offset, .panel_depth = layer.inputs}, dx,
                        rows, layer.early_inputs, cols, next, rows, next, rows, slope);
      std::swap(tangent, next);
    }
    out.middleCols(from, cols) =
        Eigen::Map<const MatrixF>(tangent, padded(shape_.outputs), cols).topRows(shape_.outputs);
    if (shape_.output_scale.size() > 0)
      out.middleCols(from, cols).array().colwise() *= shape_.output_scale.array();
  });
}

}  // namespace rlrun::nn
