#include "rlrun/nn/stack.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/passes.hpp"

namespace rlrun::nn {

struct Stack::StackTape final : Network::Tape {
  std::vector<std::unique_ptr<Network::Tape>> tapes;  // of each part
  // Of each part: dL/d(what goes into it), and the tangent of what comes out of it.
  std::vector<MatrixF> slopes, tangents;
  MatrixF after;  // (memory_size, sequences)
  Index cols = 0, sequences = 0;
};

Stack::Stack(Parts parts) : parts_(std::move(parts)) {
  RLRUN_CHECK(!parts_.empty());
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    RLRUN_CHECK(i == 0 || parts_[i]->inputs() == parts_[i - 1]->outputs());
    places_.push_back({.params = n_params_, .memory = memory_size_});
    n_params_ += parts_[i]->n_params();
    memory_size_ += parts_[i]->memory_size();
  }
}

std::shared_ptr<const Network> stack(Stack::Parts parts) {
  if (parts.size() == 1) return parts.front();
  return std::make_shared<Stack>(std::move(parts));
}

std::unique_ptr<Network::Tape> Stack::tape() const {
  auto result = std::make_unique<StackTape>();
  for (const auto& part : parts_) result->tapes.push_back(part->tape());
  result->slopes.resize(parts_.size());
  result->tangents.resize(parts_.size());
  return result;
}

void Stack::initialize(VectorFOut params, Init init, float output_gain, Rng rng) const {
  RLRUN_CHECK(params.size() == n_params_);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Network& part = *parts_[i];
    const float gain = i + 1 == parts_.size() ? output_gain : std::sqrt(2.0F);
    part.initialize(params.segment(places_[i].params, part.n_params()), init, gain, rng.fork(i));
  }
}

Eigen::Ref<const MatrixF> Stack::memory_after(const Tape& tape) const {
  const auto& own = tape_of<const StackTape>(tape);
  if (memory_size_ == 0) return Network::memory_after(tape);
  return own.after.leftCols(own.sequences);
}

void Stack::infer_step(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
                       Workspace& workspace) const {
  const Workspace::Scope scope(workspace);
  const float* in = x.data();
  Index in_ld = x.outerStride();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Network& part = *parts_[i];
    const bool last = i + 1 == parts_.size();
    const Eigen::Map<const MatrixF, 0, Eigen::OuterStride<>> seen(in, part.inputs(), x.cols(),
                                                                  Eigen::OuterStride<>(in_ld));
    MatrixFOut result =
        last ? MatrixFOut(out) : MatrixFOut(workspace.matrix(part.outputs(), x.cols()));
    MatrixFOut own_memory =
        part.memory_size() == 0
            ? MatrixFOut(Eigen::Map<MatrixF>(nullptr, 0, 0))
            : MatrixFOut(memory.middleRows(places_[i].memory, part.memory_size()));
    part.infer(params.segment(places_[i].params, part.n_params()), seen, own_memory, result,
               workspace);
    in = result.data();
    in_ld = result.outerStride();
  }
}

Eigen::Ref<const MatrixF> Stack::forward_steps(VectorFIn params, const Steps& steps,
                                               Tape& any_tape) const {
  auto& tape = tape_of<StackTape>(any_tape);
  tape.cols = steps.columns.cols();
  tape.sequences = steps.sequences();
  reserve(tape.after, memory_size_, tape.sequences);
  const bool remembers = steps.memory.cols() > 0;
  const float* in = steps.columns.data();
  Index in_ld = steps.columns.outerStride();
  for (std::size_t i = 0;; ++i) {
    const Network& part = *parts_[i];
    const Eigen::Map<const MatrixF, 0, Eigen::OuterStride<>> seen(in, part.inputs(), tape.cols,
                                                                  Eigen::OuterStride<>(in_ld));
    const Eigen::Map<const MatrixF, 0, Eigen::OuterStride<>> before(
        remembers ? steps.memory.data() + places_[i].memory : nullptr, part.memory_size(),
        remembers ? tape.sequences : 0, Eigen::OuterStride<>(steps.memory.outerStride()));
    const Eigen::Ref<const MatrixF> out =
        part.forward(params.segment(places_[i].params, part.n_params()),
                     Steps(seen, steps.starts, before), *tape.tapes[i]);
    if (part.memory_size() > 0)
      tape.after.block(places_[i].memory, 0, part.memory_size(), tape.sequences) =
          part.memory_after(*tape.tapes[i]);
    if (i + 1 == parts_.size()) return out;
    in = out.data();
    in_ld = out.outerStride();
  }
}

void Stack::backward_steps(VectorFIn params, Tape& any_tape, MatrixFIn slope, VectorFOut grad,
                           MatrixFOut grad_x) const {
  auto& tape = tape_of<StackTape>(any_tape);
  RLRUN_CHECK(slope.cols() == tape.cols);
  const bool wants_grad = grad.size() > 0, wants_x = grad_x.size() > 0;
  VectorF no_grad;
  MatrixF no_slope;
  for (std::size_t i = parts_.size(); i-- > 0;) {
    const Network& part = *parts_[i];
    const Index first = places_[i].params;
    // Whether anything at or below this part's inputs asks for their slope.
    const bool wants_below = wants_x || (wants_grad && first > 0);
    if (i > 0 && wants_below) reserve(tape.slopes[i], part.inputs(), tape.cols);
    VectorFOut own_grad = wants_grad ? grad.segment(first, part.n_params()) : VectorFOut(no_grad);
    MatrixFOut below = !wants_below ? MatrixFOut(no_slope)
                       : i == 0     ? MatrixFOut(grad_x)
                                    : MatrixFOut(tape.slopes[i].leftCols(tape.cols));
    if (i + 1 == parts_.size())
      part.backward(params.segment(first, part.n_params()), *tape.tapes[i], slope, own_grad, below);
    else
      part.backward(params.segment(first, part.n_params()), *tape.tapes[i],
                    tape.slopes[i + 1].leftCols(tape.cols), own_grad, below);
    if (!wants_below) return;
  }
}

void Stack::jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Tape& any_tape,
                      MatrixFOut out) const {
  auto& tape = tape_of<StackTape>(any_tape);
  RLRUN_CHECK(out.cols() == tape.cols);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Network& part = *parts_[i];
    const Index first = places_[i].params, size = part.n_params();
    const bool last = i + 1 == parts_.size();
    if (!last) reserve(tape.tangents[i], part.outputs(), tape.cols);
    MatrixFOut result = last ? MatrixFOut(out) : MatrixFOut(tape.tangents[i].leftCols(tape.cols));
    if (i == 0)
      part.jvp(params.segment(first, size), direction.segment(first, size), direction_x,
               *tape.tapes[i], result);
    else
      part.jvp(params.segment(first, size), direction.segment(first, size),
               tape.tangents[i - 1].leftCols(tape.cols), *tape.tapes[i], result);
  }
}

}  // namespace rlrun::nn
