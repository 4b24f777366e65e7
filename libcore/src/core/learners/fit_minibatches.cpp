#include "rlrun/learners/fit_minibatches.hpp"

namespace rlrun::nn {

MatrixF outputs_of(const Learner& learner, MatrixFIn inputs) {
  const Mlp& network = learner.network();
  MatrixF result(network.shape().outputs, inputs.cols());
  const Parts parts(inputs.cols());
  const MatrixF no_late;
  parallel_for(parts.count, [&](Index part) {
    Workspace workspace;
    network.infer(learner.params(), inputs.middleCols(parts.from(part), parts.cols(part)), no_late,
                  result.middleCols(parts.from(part), parts.cols(part)), workspace);
  });
  return result;
}

}  // namespace rlrun::nn
