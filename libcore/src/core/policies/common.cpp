#include "policies/common.hpp"

#include <cmath>
#include <utility>

#include "rlrun/parallel.hpp"

namespace rlrun {

void init_network(const nn::Mlp& network, VectorF& params, const std::string& init, Rng rng) {
  if (init == "orthogonal")
    nn::init_orthogonal(network, params, rng, std::sqrt(2.0F), 0.01F);
  else
    nn::init_glorot_uniform(network, params, rng);
}

void infer_parallel(const nn::Mlp& network, VectorFIn params, const nn::ObservationInput& input,
                    MatrixFIn observations, MatrixFOut out) {
  const Parts parts(observations.cols());
  const MatrixF no_late;
  parallel_for(parts.count, [&](Index part) {
    const Index from = parts.from(part), cols = parts.cols(part);
    Workspace workspace;
    network.infer(params, input.view(observations.middleCols(from, cols), workspace), no_late,
                  out.middleCols(from, cols), workspace);
  });
}

void gradient_parallel(const nn::Mlp& network, VectorFIn params, const nn::ObservationInput& input,
                       MatrixFIn observations, const OutputGradient& output_gradient,
                       VectorFOut grad) {
  const Parts parts(observations.cols());
  const MatrixF no_late;
  MatrixF gradients = MatrixF::Zero(network.n_params(), parts.count);
  parallel_for(parts.count, [&](Index part) {
    const Index from = parts.from(part), cols = parts.cols(part);
    nn::Tape tape;
    Workspace workspace;
    MatrixF grad_outputs(network.shape().outputs, cols);
    const auto seen = input.view(observations.middleCols(from, cols), workspace);
    output_gradient(part, from, network.forward(params, seen, no_late, tape), grad_outputs);
    network.backward(params, tape, grad_outputs, gradients.col(part));
  });
  nn::add_columns(gradients, grad);
}

GaussNewton::GaussNewton(nn::Mlp network, VectorFIn params, const nn::ObservationInput& input,
                         MatrixFIn observations)
    : network_(std::move(network)),
      params_(params),
      parts_(observations.cols()),
      tapes_(std::size_t(parts_.count)),
      tangents_(std::size_t(parts_.count)),
      gradients_(network_.n_params(), parts_.count),
      outputs_(network_.shape().outputs, observations.cols()) {
  const MatrixF no_late;
  parallel_for(parts_.count, [&](Index part) {
    const Index from = parts_.from(part), cols = parts_.cols(part);
    Workspace workspace;
    const auto seen = input.view(observations.middleCols(from, cols), workspace);
    outputs_.middleCols(from, cols) =
        network_.forward(params_, seen, no_late, tapes_[std::size_t(part)]);
    tangents_[std::size_t(part)].resize(network_.shape().outputs, cols);
  });
}

void GaussNewton::apply(VectorFIn v,
                        const std::function<void(Index from, MatrixFOut columns)>& metric,
                        VectorFOut result) {
  parallel_for(parts_.count, [&](Index part) {
    nn::Tape& tape = tapes_[std::size_t(part)];
    MatrixF& tangent = tangents_[std::size_t(part)];
    network_.jvp(params_, v, tape, tangent);
    metric(parts_.from(part), tangent);
    gradients_.col(part).setZero();
    network_.backward(params_, tape, tangent, gradients_.col(part));
  });
  result.setZero();
  nn::add_columns(gradients_, result);
}

}  // namespace rlrun
