#include "rlrun/nn/mlp.hpp"

#include <algorithm>
#include <utility>

#include "rlrun/error.hpp"

#include "nn/mlp_passes.hpp"

namespace rlrun::nn {
namespace {

// Up to this many columns weights are read where they lie; for more it pays to pack them.
constexpr Index kNarrow = 64;

}  // namespace

MlpShape mlp_shape(Index inputs, const std::vector<std::int64_t>& hidden, Index outputs,
                   const std::string& activation) {
  MlpShape shape;
  shape.inputs = inputs;
  shape.hidden.assign(hidden.begin(), hidden.end());
  shape.outputs = outputs;
  shape.hidden_activation = activation_named(activation);
  return shape;
}

const std::vector<std::string>& activation_names() {
  static const std::vector<std::string> names = {"identity", "tanh", "relu", "leaky_relu"};
  return names;
}

Activation activation_named(const std::string& name) {
  if (name == "identity") return Activation::kIdentity;
  if (name == "tanh") return Activation::kTanh;
  if (name == "relu") return Activation::kRelu;
  if (name == "leaky_relu") return Activation::kLeakyRelu;
  throw UserError("unknown activation '" + name + "'; known: identity leaky_relu relu tanh");
}

Mlp::Mlp(MlpShape shape) : shape_(std::move(shape)) {
  RLRUN_CHECK(shape_.late_inputs == 0 || !shape_.hidden.empty());
  RLRUN_CHECK(shape_.output_scale.size() == shape_.output_shift.size());
  Index inputs = shape_.inputs;
  widest_ = std::max(padded(inputs), padded(shape_.late_inputs));
  for (std::size_t l = 0; l <= shape_.hidden.size(); ++l) {
    const bool last = l == shape_.hidden.size();
    Layer layer;
    layer.early_inputs = inputs;
    layer.inputs = inputs + (l == 1 ? shape_.late_inputs : 0);
    layer.outputs = last ? shape_.outputs : shape_.hidden[l];
    layer.weight_offset = n_params_;
    layer.bias_offset = n_params_ + layer.outputs * layer.inputs;
    layer.padded_offset = padded_params_;
    layer.transposed_offset = transposed_params_;
    layer.activation = last ? shape_.output_activation : shape_.hidden_activation;
    n_params_ = layer.bias_offset + layer.outputs;
    padded_params_ += padded(layer.outputs) * (layer.inputs + 1);
    transposed_params_ +=
        (padded(layer.early_inputs) + padded(layer.inputs - layer.early_inputs)) * layer.outputs;
    widest_ = std::max(widest_, padded(layer.outputs));
    inputs = layer.outputs;
    layers_.push_back(layer);
  }
}

Eigen::Map<MatrixF> Mlp::weights(VectorFOut params, Index layer) const {
  const Layer& l = layers_[std::size_t(layer)];
  return {params.data() + l.weight_offset, l.outputs, l.inputs};
}

Eigen::Map<VectorF> Mlp::biases(VectorFOut params, Index layer) const {
  const Layer& l = layers_[std::size_t(layer)];
  return {params.data() + l.bias_offset, l.outputs};
}

std::unique_ptr<Network::Tape> Mlp::tape() const {
  return std::make_unique<nn::Tape>();
}

void Mlp::infer_step(VectorFIn params, MatrixFIn x, MatrixFOut /*memory*/, MatrixFOut out,
                     Workspace& workspace) const {
  infer(params, x, MatrixF(), out, workspace);
}

Eigen::Ref<const MatrixF> Mlp::forward_steps(VectorFIn params, const Steps& steps,
                                             Network::Tape& tape) const {
  return forward(params, steps.columns, MatrixF(), tape_of<nn::Tape>(tape));
}

void Mlp::write_outputs(const float* from, Index ld, MatrixFOut out) const {
  if (shape_.output_scale.size() == 0) {
    // Few rows as a rule, for which Eigen's loops are too much.
    for (Index j = 0; j < out.cols(); ++j, from += ld)
      for (Index i = 0; i < shape_.outputs; ++i) out(i, j) = from[i];
    return;
  }
  for (Index j = 0; j < out.cols(); ++j) {
    const Eigen::Map<const VectorF> column(from + j * ld, shape_.outputs);
    out.col(j) = shape_.output_shift + shape_.output_scale.cwiseProduct(column);
  }
}

void Mlp::infer(VectorFIn params, MatrixFIn x, MatrixFIn late, MatrixFOut out,
                Workspace& workspace) const {
  RLRUN_CHECK(params.size() == n_params_ && x.rows() == shape_.inputs);
  RLRUN_CHECK(out.rows() == shape_.outputs && out.cols() == x.cols());
  RLRUN_CHECK(late.rows() == shape_.late_inputs || late.size() == 0);
  const Inputs in{.x = {.data = x.data(), .ld = x.outerStride()},
                  .late = {.data = late.data(), .ld = late.outerStride()}};
  if (x.cols() <= kNarrow)
    infer_narrow(params.data(), in, x.cols(), out, workspace);
  else
    infer_wide(params.data(), in, x.cols(), out, workspace);
}

// Reads the weights where they lie. Registers are filled beyond the end of a weight column with
// what follows in the parameter vector; those rows are never looked at. Only the last columns of
// the last layer could reach beyond the vector's end, and they are copied.
void Mlp::infer_narrow(const float* params, const Inputs& in, Index n, MatrixFOut out,
                       Workspace& workspace) const {
  const Workspace::Scope scope(workspace);
  float* result = workspace.matrix(widest_, n).data();
  float* other = workspace.matrix(widest_, n).data();
  float* const bias = workspace.matrix(widest_, 1).data();
  Rhs x = in.x;
  for (std::size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const Index rows = padded(layer.outputs);
    const Index room = n_params_ - layer.weight_offset - rows;
    const Index safe = room < 0 ? 0 : std::min(layer.inputs, room / layer.outputs + 1);
    const Lhs direct{.data = params + layer.weight_offset, .ld = layer.outputs};
    Lhs copied{.ld = rows};
    if (safe < layer.inputs) {
      Workspace::Map columns = workspace.matrix(rows, layer.inputs - safe);
      columns.setZero();
      columns.topRows(layer.outputs) = Eigen::Map<const MatrixF>(direct.data + safe * layer.outputs,
                                                                 layer.outputs, columns.cols());
      copied.data = columns.data();
    }
    std::copy_n(params + layer.bias_offset, layer.outputs, bias);
    std::fill(bias + layer.outputs, bias + rows, 0.0F);

    // Adds `count` inputs from number `first` on to what `init` holds.
    const auto add = [&](Index first, Index count, Rhs right, const float* init, Index init_ld,
                         const Finish& finish) {
      const Index n_direct = std::clamp<Index>(safe - first, 0, count);
      Lhs left = direct;
      left.first = first;
      kernel::product(left, right, rows, n_direct, n, init, init_ld, result, rows,
                      n_direct == count ? finish : Finish{});
      if (n_direct == count) return;
      left = copied;
      left.first = first + n_direct - safe;
      right.data += n_direct * right.step;
      kernel::product(left, right, rows, count - n_direct, n, result, rows, result, rows, finish);
    };
    const Finish finish = activate(layer.activation);
    const Index n_late = layer.inputs - layer.early_inputs;
    add(0, layer.early_inputs, x, bias, 0, n_late == 0 ? finish : Finish{});
    if (n_late > 0) add(layer.early_inputs, n_late, in.late, result, rows, finish);
    x = {.data = result, .ld = rows};
    std::swap(result, other);
  }
  write_outputs(x.data, x.ld, out);
}

void Mlp::infer_wide(const float* params, const Inputs& in, Index n, MatrixFOut out,
                     Workspace& workspace) const {
  const Workspace::Scope scope(workspace);
  float* const packed = workspace.matrix(padded_params_, 1).data();
  float* result = workspace.matrix(widest_, kSlice).data();
  float* other = workspace.matrix(widest_, kSlice).data();
  pack(params, packed);
  for_slices(n, [&](Index from, Index cols) {
    Inputs inputs = in.from(from);
    for (const Layer& layer : layers_) {
      product(layer, packed, inputs, cols, result, true);
      inputs.x = {.data = result, .ld = padded(layer.outputs)};
      std::swap(result, other);
    }
    write_outputs(inputs.x.data, inputs.x.ld, out.middleCols(from, cols));
  });
}

// Every layer as its packed weights and then its padded biases.
void Mlp::pack(const float* params, float* packed) const {
  for (const Layer& layer : layers_) {
    float* const to = packed + layer.padded_offset;
    const Index rows = padded(layer.outputs);
    kernel::pack(params + layer.weight_offset, layer.outputs, layer.outputs, layer.inputs, to);
    float* const bias = to + rows * layer.inputs;
    std::copy_n(params + layer.bias_offset, layer.outputs, bias);
    std::fill(bias + layer.outputs, bias + rows, 0.0F);
  }
}

// out = b + W [x; late], and its activation if wanted.
void Mlp::product(const Layer& layer, const float* packed, const Inputs& in, Index n, float* out,
                  bool activated) const {
  const Index rows = padded(layer.outputs);
  Lhs weights{.data = packed + layer.padded_offset, .panel_depth = layer.inputs};
  const float* const bias = weights.data + rows * layer.inputs;
  const Finish finish = activated ? activate(layer.activation) : Finish{};
  const Index n_late = layer.inputs - layer.early_inputs;
  kernel::product(weights, in.x, rows, layer.early_inputs, n, bias, 0, out, rows,
                  n_late == 0 ? finish : Finish{});
  if (n_late == 0) return;
  weights.first = layer.early_inputs;
  kernel::product(weights, in.late, rows, n_late, n, out, rows, out, rows, finish);
}

Mlp::Inputs Mlp::layer_inputs(std::size_t layer, const Tape& tape, Index from) const {
  Inputs in;
  in.x = {.data = tape.x_.data(), .ld = tape.x_.rows()};
  if (layer > 0)
    in.x = {.data = tape.outputs_[layer - 1].data(), .ld = tape.outputs_[layer - 1].rows()};
  if (shape_.late_inputs > 0) in.late = {.data = tape.late_.data(), .ld = tape.late_.rows()};
  return in.from(from);
}

Eigen::Ref<const MatrixF> Mlp::forward(VectorFIn params, MatrixFIn x, MatrixFIn late,
                                       Tape& tape) const {
  RLRUN_CHECK(params.size() == n_params_ && x.rows() == shape_.inputs);
  RLRUN_CHECK(late.size() == 0 ? shape_.late_inputs == 0 || x.cols() == 0
                               : late.rows() == shape_.late_inputs && late.cols() == x.cols());
  const Index n = x.cols();
  tape.cols_ = n;
  reserve(tape.x_, shape_.inputs, n);
  tape.x_.leftCols(n) = x;
  if (shape_.late_inputs > 0) {
    reserve(tape.late_, shape_.late_inputs, n);
    tape.late_.leftCols(n) = late;
  }
  tape.outputs_.resize(layers_.size());
  for (std::size_t l = 0; l < layers_.size(); ++l)
    reserve(tape.outputs_[l], padded(layers_[l].outputs), n);
  reserve(tape.packed_, padded_params_);
  pack(params.data(), tape.packed_.data());

  for_slices(n, [&](Index from, Index cols) {
    for (std::size_t l = 0; l < layers_.size(); ++l)
      product(layers_[l], tape.packed_.data(), layer_inputs(l, tape, from), cols,
              tape.outputs_[l].col(from).data(), true);
  });
  if (shape_.output_scale.size() == 0) return tape.outputs_.back().topLeftCorner(shape_.outputs, n);
  reserve(tape.scaled_, shape_.outputs, n);
  write_outputs(tape.outputs_.back().data(), tape.outputs_.back().rows(), tape.scaled_.leftCols(n));
  return tape.scaled_.leftCols(n);
}

}  // namespace rlrun::nn
