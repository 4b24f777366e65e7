// Initialisations of networks.

#include "nn/init.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/QR>

#include "rlrun/error.hpp"
#include "rlrun/nn/mlp.hpp"

#include "nn/passes.hpp"

namespace rlrun::nn {
namespace {

template <class Map>
void fill_uniform(Map&& map, float bound, Rng& rng) {
  rng.fill_uniform(Eigen::Map<VectorF>(map.data(), map.size()), -bound, bound);
}

// A uniformly distributed matrix with orthonormal columns (or rows, if it is wide): the Q factor of
// a Gaussian matrix, with signs such that R has a positive diagonal.
Matrix random_orthogonal(Index rows, Index cols, Rng& rng) {
  const Index tall = std::max(rows, cols), thin = std::min(rows, cols);
  Matrix gaussian(tall, thin);
  for (double& entry : gaussian.reshaped()) entry = rng.normal();
  const Eigen::HouseholderQR<Matrix> qr(gaussian);
  Matrix q = qr.householderQ() * Matrix::Identity(tall, thin);
  for (Index j = 0; j < thin; ++j)
    if (qr.matrixQR()(j, j) < 0) q.col(j) = -q.col(j);
  return rows >= cols ? q : Matrix(q.transpose());
}

}  // namespace

void init_weights(MatrixFOut weights, Init init, double gain, Rng& rng) {
  const Index fan_out = weights.rows(), fan_in = weights.cols();
  if (init == Init::kOrthogonal) {
    weights = (gain * random_orthogonal(fan_out, fan_in, rng)).cast<float>();
    return;
  }
  const auto bound = static_cast<float>(std::sqrt(6 / static_cast<double>(fan_in + fan_out)));
  for (Index j = 0; j < fan_in; ++j) rng.fill_uniform(weights.col(j), -bound, bound);
}

void init_glorot_uniform(const Mlp& mlp, VectorFOut params, Rng rng) {
  for (Index l = 0; l < mlp.n_layers(); ++l) {
    init_weights(mlp.weights(params, l), Init::kGlorot, 1, rng);
    mlp.biases(params, l).setZero();
  }
}

void init_fan_in_uniform(const Mlp& mlp, VectorFOut params, Rng rng) {
  for (Index l = 0; l < mlp.n_layers(); ++l) {
    const auto bound = static_cast<float>(1 / std::sqrt(static_cast<double>(mlp.fan_in(l))));
    fill_uniform(mlp.weights(params, l), bound, rng);
    fill_uniform(mlp.biases(params, l), bound, rng);
  }
}

void init_orthogonal(const Mlp& mlp, VectorFOut params, Rng rng, float hidden_gain,
                     float output_gain) {
  for (Index l = 0; l < mlp.n_layers(); ++l) {
    const double gain = l + 1 == mlp.n_layers() ? output_gain : hidden_gain;
    init_weights(mlp.weights(params, l), Init::kOrthogonal, gain, rng);
    mlp.biases(params, l).setZero();
  }
}

void Mlp::initialize(VectorFOut params, Init init, float output_gain, Rng rng) const {
  if (init == Init::kGlorot)
    init_glorot_uniform(*this, params, rng);
  else
    init_orthogonal(*this, params, rng, std::sqrt(2.0F), output_gain);
}

void init_unit_rows(const Mlp& mlp, VectorFOut params, Rng rng) {
  RLRUN_CHECK(mlp.shape().late_inputs == 0);
  constexpr Index kBatch = 256;
  MatrixF x(mlp.shape().inputs, kBatch);
  for (Index j = 0; j < kBatch; ++j) rng.fill_normal(x.col(j));
  for (Index l = 0; l < mlp.n_layers(); ++l) {
    auto w = mlp.weights(params, l);
    rng.fill_normal(Eigen::Map<VectorF>(w.data(), w.size()));
    w.rowwise().normalize();
    mlp.biases(params, l) = -(w * x).rowwise().mean();
    if (l + 1 == mlp.n_layers()) break;
    MatrixF z = (w * x).colwise() + mlp.biases(params, l);
    const Finish activation = activate(mlp.shape().hidden_activation);
    const Index rows = padded(z.rows());
    MatrixF storage = MatrixF::Zero(rows, kBatch);
    storage.topRows(z.rows()) = z;
    kernel::apply(activation, storage.data(), rows, rows, kBatch);
    x = storage.topRows(z.rows());
  }
}

void init_output_uniform(const Mlp& mlp, VectorFOut params, Rng rng, float bound) {
  const Index last = mlp.n_layers() - 1;
  fill_uniform(mlp.weights(params, last), bound, rng);
  fill_uniform(mlp.biases(params, last), bound, rng);
}

}  // namespace rlrun::nn
