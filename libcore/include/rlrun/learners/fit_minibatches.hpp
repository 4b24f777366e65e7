#pragma once
// Networks fitted to minibatches that are drawn from many columns.

#include <cstdint>
#include <vector>

#include "rlrun/nn/learner.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/rng.hpp"

namespace rlrun::nn {

/// Outputs (outputs, n) of a learner's network for all columns, on all threads.
RLRUN_API MatrixF outputs_of(const Learner& learner, MatrixFIn inputs);

/// `steps` steps of Adam, each on a minibatch as wide as `pass`. `draw(rng)` names a column of
/// `inputs` for each place of it; `loss_slope(column, output, slope)` writes dL/d(output) for that
/// column, (outputs), and the mean over the minibatch is descended on. `loss_slope` is called from
/// several threads. One allocation for each call.
template <class Draw, class LossSlope>
void fit_minibatches(Learner& learner, Pass& pass, MatrixFIn inputs, std::int64_t steps,
                     double step_size, Rng rng, const Draw& draw, const LossSlope& loss_slope) {
  const Parts parts = pass.parts();
  const float share = 1 / static_cast<float>(pass.cols());
  std::vector<Index> drawn(static_cast<std::size_t>(pass.cols()));
  for (std::int64_t k = 0; k < steps; ++k) {
    for (Index& column : drawn) column = draw(rng);
    parallel_for(parts.count, [&](Index part) {
      const Index from = parts.from(part), cols = parts.cols(part);
      const auto column = [&](Index j) { return drawn[static_cast<std::size_t>(from + j)]; };
      auto minibatch = pass.inputs(from, cols);
      for (Index j = 0; j < cols; ++j) minibatch.col(j) = inputs.col(column(j));
      learner.forward(pass, from, cols);
      const auto outputs = pass.outputs(from, cols);
      auto slopes = pass.output_gradients(from, cols);
      for (Index j = 0; j < cols; ++j) loss_slope(column(j), outputs.col(j), slopes.col(j));
      slopes *= share;
      learner.backward(pass, from, cols, Learner::Inputs::kSkip);
    });
    descend({{learner, pass}}, step_size);
  }
}

}  // namespace rlrun::nn
