#pragma once
// What the network policies share.

#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/nn/mlp.hpp"
#include "rlrun/nn/observation_input.hpp"
#include "rlrun/nn/parts.hpp"

namespace rlrun {

using nn::Parts;

/// -log of the standard normal density at zero.
inline const double kHalfLogTwoPi = 0.5 * std::log(2 * std::numbers::pi);

/// "glorot", or "orthogonal" with gains sqrt(2) and 0.01.
void init_network(const nn::Mlp& network, VectorF& params, const std::string& init, Rng rng);

// All that follows takes observations as the task gives them, and shows the network their image
// part by part: that of a whole batch of one-hot columns would be large.

/// Outputs (outputs, n) for all columns, on all threads.
void infer_parallel(const nn::Mlp& network, VectorFIn params, const nn::ObservationInput& input,
                    MatrixFIn observations, MatrixFOut out);

/// For one part: given the outputs of its columns (from, from + cols), writes dL/d(output).
/// Called from several threads, once for each part.
using OutputGradient =
    std::function<void(Index part, Index from, MatrixFIn outputs, MatrixFOut grad_outputs)>;

/// Adds dL/d(params) to `grad`, on all threads, in an order that does not depend on them.
void gradient_parallel(const nn::Mlp& network, VectorFIn params, const nn::ObservationInput& input,
                       MatrixFIn observations, const OutputGradient& output_gradient,
                       VectorFOut grad);

/// J^T M J v, where J is the Jacobian of all outputs in the network's parameters at a fixed point
/// and M acts on each column's outputs. Keeps the forward passes.
class GaussNewton {
 public:
  GaussNewton(nn::Mlp network, VectorFIn params, const nn::ObservationInput& input,
              MatrixFIn observations);
  [[nodiscard]] const nn::Mlp& network() const { return network_; }
  /// Outputs of the forward pass, (outputs, n).
  [[nodiscard]] const MatrixF& outputs() const { return outputs_; }
  /// `metric(from, columns)` multiplies columns from ... in place by M; called from several
  /// threads.
  void apply(VectorFIn v, const std::function<void(Index from, MatrixFOut columns)>& metric,
             VectorFOut result);

 private:
  nn::Mlp network_;
  VectorF params_;
  Parts parts_;
  std::vector<nn::Tape> tapes_;    // one for each part
  std::vector<MatrixF> tangents_;  // (outputs, columns of the part)
  MatrixF gradients_;              // (n_params, parts)
  MatrixF outputs_;
};

}  // namespace rlrun
