#include "rlrun/nn/observation_input.hpp"

#include <numeric>

#include "rlrun/error.hpp"

namespace rlrun::nn {

Index OneHot::size() const {
  return std::accumulate(n_choices_.begin(), n_choices_.end(), Index{0});
}

void OneHot::not_a_choice(float value, Index n) {
  throw TrialError("an observation entry is " + wrong_choice(value, n));
}

ObservationInput::ObservationInput(Index obs_dim, Scaling scaling) : size_(obs_dim) {
  if (scaling == Scaling::kNone) return;
  shift_ = VectorF::Zero(obs_dim);
  scale_ = VectorF::Ones(obs_dim);
}

ObservationInput::ObservationInput(const Space& space) : size_(flat_size(space)), one_hot_(space) {
  if (one_hot_.on()) size_ = one_hot_.size();
}

void ObservationInput::read(VectorFIn params) {
  const Index n = shift_.size();
  shift_ = params.tail(2 * n).head(n);
  scale_ = params.tail(n);
}

void ObservationInput::write(VectorFOut params) const {
  const Index n = shift_.size();
  params.tail(2 * n).head(n) = shift_;
  params.tail(n) = scale_;
}

void ObservationInput::apply(MatrixFIn observations, MatrixFOut out) const {
  constexpr float kLimit = 10;
  if (one_hot_.on()) {
    out.setZero();
    for (Index j = 0; j < observations.cols(); ++j)
      one_hot_.for_each_chosen(observations.col(j).data(), [&](Index place) { out(place, j) = 1; });
    return;
  }
  if (!scales()) {
    out = observations;
    return;
  }
  // An observation that is not a number must stay one.
  const auto limited = [](float x) { return x < -kLimit ? -kLimit : x > kLimit ? kLimit : x; };
  for (Index j = 0; j < observations.cols(); ++j)
    out.col(j) = (observations.col(j) - shift_).cwiseProduct(scale_).unaryExpr(limited);
}

Eigen::Ref<const MatrixF> ObservationInput::view(MatrixFIn observations, Workspace& storage) const {
  if (!one_hot_.on() && !scales()) return observations;
  Workspace::Map seen = storage.matrix(size_, observations.cols());
  apply(observations, seen);
  return seen;
}

}  // namespace rlrun::nn
