#include "rlrun/nn/input_scaling.hpp"

#include "rlrun/error.hpp"

namespace rlrun::nn {

void InputScaling::set(VectorFIn shift, VectorFIn scale) {
  RLRUN_CHECK(on() && shift.size() == shift_.size() && scale.size() == scale_.size());
  shift_ = shift;
  scale_ = scale;
}

void InputScaling::read(VectorFIn params) {
  if (!on()) return;
  const Index n = shift_.size();
  set(params.tail(2 * n).head(n), params.tail(n));
}

void InputScaling::write(VectorFOut params) const {
  const Index n = shift_.size();
  params.tail(2 * n).head(n) = shift_;
  params.tail(n) = scale_;
}

void InputScaling::apply(MatrixFIn observations, MatrixFOut out) const {
  constexpr float kLimit = 10;
  if (!on()) {
    out = observations;
    return;
  }
  // An observation that is not a number must stay one.
  const auto limited = [](float x) { return x < -kLimit ? -kLimit : x > kLimit ? kLimit : x; };
  for (Index j = 0; j < observations.cols(); ++j)
    out.col(j) = (observations.col(j) - shift_).cwiseProduct(scale_).unaryExpr(limited);
}

Eigen::Ref<const MatrixF> InputScaling::view(MatrixFIn observations, MatrixF& storage) const {
  if (!on()) return observations;
  storage.resize(observations.rows(), observations.cols());
  apply(observations, storage);
  return storage;
}

Eigen::Ref<const MatrixF> InputScaling::view(MatrixFIn observations, Workspace& storage) const {
  if (!on()) return observations;
  Workspace::Map scaled = storage.matrix(observations.rows(), observations.cols());
  apply(observations, scaled);
  return scaled;
}

}  // namespace rlrun::nn
