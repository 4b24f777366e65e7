#include "rlrun/nn/learner.hpp"

#include <algorithm>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "nn/adam_step.hpp"
#include "nn/mlp_passes.hpp"

namespace rlrun::nn {
namespace {

MatrixF columns(Index rows, Index cols) {
  return MatrixF::Zero(stride(rows), cols);
}

// target += tau (params - target)
void follow(float* target, const float* params, Index n, float tau) {
  Eigen::Map<Eigen::ArrayXf> there(target, n);
  there += tau * (Eigen::Map<const Eigen::ArrayXf>(params, n) - there);
}

}  // namespace

Pass::Pass(const Mlp& mlp, Index cols)
    : inputs_(mlp.shape().inputs),
      outputs_(mlp.shape().outputs),
      input_(columns(inputs_, cols)),
      input_gradient_(columns(inputs_, cols)) {
  RLRUN_CHECK(mlp.shape().late_inputs == 0, "a pass has no late inputs");
  for (const Mlp::Layer& layer : mlp.layers_) {
    activations_.push_back(columns(layer.outputs, cols));
    deltas_.push_back(columns(layer.outputs, cols));
  }
  if (mlp.shape().output_scale.size() > 0) scaled_ = MatrixF::Zero(outputs_, cols);
}

Parts Pass::parts() const {
  constexpr Index kPartWidth = 64;
  return {cols(), kPartWidth};
}

MatrixFOut Pass::inputs(Index from, Index cols) {
  return input_.block(0, from, inputs_, cols);
}

Eigen::Ref<const MatrixF> Pass::outputs(Index from, Index cols) const {
  return (scaled_.size() > 0 ? scaled_ : activations_.back()).block(0, from, outputs_, cols);
}

MatrixFOut Pass::output_gradients(Index from, Index cols) {
  return deltas_.back().block(0, from, outputs_, cols);
}

Eigen::Ref<const MatrixF> Pass::input_gradients(Index from, Index cols) const {
  return input_gradient_.block(0, from, inputs_, cols);
}

Learner::Learner(const Mlp& mlp, VectorFIn params, Target target)
    : mlp_(mlp),
      params_(params),
      first_(VectorF::Zero(params.size())),
      second_(first_),
      packed_(mlp.padded_params_),
      transposed_(mlp.transposed_params_),
      gradient_(mlp.padded_params_),
      zeros_(VectorF::Zero(mlp.widest_)) {
  RLRUN_CHECK(params.size() == mlp.n_params());
  if (target == Target::kCopy) {
    target_ = params;
    packed_target_.resize(mlp.padded_params_);
  }
  // A block is a panel of the transposed weights, which it then packs alone.
  for (std::size_t l = 0; l < mlp.layers_.size(); ++l) {
    const Index inputs = mlp.layers_[l].inputs, n = kernel::panels(inputs);
    for (Index i = 0; i < n; ++i) {
      const kernel::Panel panel = kernel::panel(inputs, i);
      blocks_.push_back({static_cast<Index>(l), panel.first,
                         std::min(panel.height, inputs - panel.first), i + 1 == n});
    }
  }
  pack_all();
}

void Learner::forward(Pass& pass, Index from, Index cols) const {
  pass_forward(packed_, pass, from, cols);
}

void Learner::forward_target(Pass& pass, Index from, Index cols) const {
  RLRUN_CHECK(target_.size() > 0, "this learner has no target");
  pass_forward(packed_target_, pass, from, cols);
}

void Learner::pass_forward(const VectorF& packed, Pass& pass, Index from, Index cols) const {
  const MatrixF* x = &pass.input_;
  for (std::size_t l = 0; l < mlp_.layers_.size(); ++l) {
    const Mlp::Layer& layer = mlp_.layers_[l];
    MatrixF& y = pass.activations_[l];
    const float* const weights = packed.data() + layer.padded_offset;
    const Index rows = padded(layer.outputs);
    kernel::product({.data = weights, .panel_depth = layer.inputs},
                    {.data = x->col(from).data(), .ld = x->rows()}, rows, layer.inputs, cols,
                    weights + rows * layer.inputs, 0, y.col(from).data(), y.rows(),
                    activate(layer.activation));
    x = &y;
  }
  if (pass.scaled_.size() > 0)
    mlp_.write_outputs(x->col(from).data(), x->rows(), pass.scaled_.middleCols(from, cols));
}

void Learner::backward(Pass& pass, Index from, Index cols, Inputs inputs) const {
  const auto& layers = mlp_.layers_;
  if (pass.scaled_.size() > 0)
    pass.output_gradients(from, cols).array().colwise() *= mlp_.shape_.output_scale.array();
  MatrixF& top = pass.deltas_.back();
  kernel::apply(times_slope(layers.back().activation, pass.activations_.back().col(from).data(),
                            pass.activations_.back().rows()),
                top.col(from).data(), top.rows(), padded(layers.back().outputs), cols);
  // delta of the layer below = (W^T delta) * slope
  for (std::size_t l = layers.size(); l-- > (inputs == Inputs::kWanted ? 0U : 1U);) {
    const Mlp::Layer& layer = layers[l];
    const MatrixF& delta = pass.deltas_[l];
    MatrixF& below = l == 0 ? pass.input_gradient_ : pass.deltas_[l - 1];
    const Finish slope =
        l == 0 ? Finish{}
               : times_slope(layers[l - 1].activation, pass.activations_[l - 1].col(from).data(),
                             pass.activations_[l - 1].rows());
    kernel::product(
        {.data = transposed_.data() + layer.transposed_offset, .panel_depth = layer.outputs},
        {.data = delta.col(from).data(), .ld = delta.rows()}, padded(layer.inputs), layer.outputs,
        cols, zeros_.data(), 0, below.col(from).data(), below.rows(), slope);
  }
}

// dW = delta x^T and db = delta 1 for the block's columns, which are padded(outputs) apart.
void Learner::sum_gradient(const Block& block, const Pass& pass, float* to) const {
  const auto l = static_cast<std::size_t>(block.layer);
  const Index rows = padded(mlp_.layers_[l].outputs);
  const MatrixF& x = l == 0 ? pass.input_ : pass.activations_[l - 1];
  const MatrixF& delta = pass.deltas_[l];
  const kernel::Lhs left{.data = delta.data(), .ld = delta.rows()};
  kernel::product(left, {.data = x.data() + block.first, .step = x.rows(), .ld = 1}, rows,
                  pass.cols(), block.count, zeros_.data(), 0, to, rows);
  if (!block.biases) return;
  const float one = 1;
  kernel::product(left, {.data = &one, .step = 0}, rows, pass.cols(), 1, zeros_.data(), 0,
                  to + rows * block.count, rows);
}

VectorF Learner::gradient(const Pass& pass) const {
  VectorF padded_gradient(mlp_.padded_params_), result(mlp_.n_params());
  for (const Block& block : blocks_) {
    const Mlp::Layer& layer = mlp_.layers_[static_cast<std::size_t>(block.layer)];
    sum_gradient(
        block, pass,
        padded_gradient.data() + layer.padded_offset + padded(layer.outputs) * block.first);
  }
  for (const Mlp::Layer& layer : mlp_.layers_)
    Eigen::Map<MatrixF>(result.data() + layer.weight_offset, layer.outputs, layer.inputs + 1) =
        Eigen::Map<const MatrixF>(padded_gradient.data() + layer.padded_offset,
                                  padded(layer.outputs), layer.inputs + 1)
            .topRows(layer.outputs);
  return result;
}

void Learner::step_block(const Block& block, const Pass& pass, const AdamStep& step, float tau) {
  const Mlp::Layer& layer = mlp_.layers_[static_cast<std::size_t>(block.layer)];
  const Index rows = padded(layer.outputs);
  float* const gradient = gradient_.data() + layer.padded_offset + rows * block.first;
  sum_gradient(block, pass, gradient);

  // Parameters lie side by side, their gradients in padded columns.
  const Index columns = block.count + (block.biases ? 1 : 0);
  if (rows != layer.outputs)
    for (Index j = 1; j < columns; ++j)
      std::copy_n(gradient + j * rows, layer.outputs, gradient + j * layer.outputs);
  const Index at = layer.weight_offset + layer.outputs * block.first, n = layer.outputs * columns;
  step.apply(params_.data() + at, gradient, first_.data() + at, second_.data() + at, n);
  if (tau > 0) follow(target_.data() + at, params_.data() + at, n, tau);
  pack_block(block, tau > 0);
}

void Learner::pack_block(const Block& block, bool with_target) {
  const Mlp::Layer& layer = mlp_.layers_[static_cast<std::size_t>(block.layer)];
  const auto pack = [&](const VectorF& params, VectorF& packed) {
    float* const to = packed.data() + layer.padded_offset;
    kernel::pack_columns(params.data() + layer.weight_offset, layer.outputs, layer.outputs,
                         layer.inputs, block.first, block.count, to);
    if (!block.biases) return;
    const Index rows = padded(layer.outputs);
    float* const bias = to + rows * layer.inputs;
    std::copy_n(params.data() + layer.bias_offset, layer.outputs, bias);
    std::fill(bias + layer.outputs, bias + rows, 0.0F);
  };
  pack(params_, packed_);
  if (with_target) pack(target_, packed_target_);
  kernel::pack_transposed(
      params_.data() + layer.weight_offset + layer.outputs * block.first, layer.outputs,
      block.count, layer.outputs,
      transposed_.data() + layer.transposed_offset + block.first * layer.outputs);
}

void Learner::pack_all() {
  for (const Block& block : blocks_) pack_block(block, target_.size() > 0);
}

void Learner::state(Archive& archive) {
  archive("params", params_);
  archive("target", target_);
  archive("adam_first", first_);
  archive("adam_second", second_);
  archive("adam_t", t_);
  if (archive.restoring()) pack_all();
}

void descend(std::initializer_list<Descent> all, double step_size, double tau) {
  Index n_blocks = 0;
  for (const Descent& d : all) {
    RLRUN_CHECK(tau == 0 || d.learner.target_.size() > 0, "this learner has no target");
    n_blocks += static_cast<Index>(d.learner.blocks_.size());
    ++d.learner.t_;
  }
  parallel_for(n_blocks, [&](Index i) {
    const Descent* d = all.begin();
    for (; i >= static_cast<Index>(d->learner.blocks_.size()); ++d)
      i -= static_cast<Index>(d->learner.blocks_.size());
    Learner& learner = d->learner;
    learner.step_block(learner.blocks_[static_cast<std::size_t>(i)], d->pass,
                       AdamStep({}, learner.t_, step_size), static_cast<float>(tau));
  });
}

}  // namespace rlrun::nn
