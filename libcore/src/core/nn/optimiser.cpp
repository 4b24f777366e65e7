#include "rlrun/nn/optimiser.hpp"

#include <algorithm>
#include <cmath>

#include "rlrun/error.hpp"

namespace rlrun::nn {

const std::vector<std::string>& Optimiser::names() {
  static const std::vector<std::string> names = {"adam", "rmsprop", "rmsprop_tf", "sgd"};
  return names;
}

Optimiser::Optimiser(const std::string& name, Index n_params, double epsilon)
    : epsilon_(static_cast<float>(epsilon)) {
  const auto found = std::find(names().begin(), names().end(), name);
  RLRUN_CHECK(found != names().end());
  kind_ = static_cast<Kind>(found - names().begin());
  if (kind_ == Kind::kAdam) adam_ = Adam(n_params, {.epsilon = epsilon});
  if (kind_ == Kind::kRmsProp) square_ = VectorF::Zero(n_params);
  if (kind_ == Kind::kRmsPropTf) square_ = VectorF::Ones(n_params);
}

void Optimiser::step(VectorFOut params, VectorFIn gradient, double learning_rate) {
  constexpr float kDecay = 0.99F, kRest = 0.01F;
  const auto rate = static_cast<float>(learning_rate);
  const auto g = gradient.array();
  switch (kind_) {
    case Kind::kAdam:
      adam_.step(params, gradient, learning_rate);
      return;
    case Kind::kRmsProp:
      square_.array() = kDecay * square_.array() + kRest * g * g;
      params.array() -= rate * g / (square_.array().sqrt() + epsilon_);
      return;
    case Kind::kRmsPropTf:
      square_.array() = kDecay * square_.array() + kRest * g * g;
      params.array() -= rate * g / (square_.array() + epsilon_).sqrt();
      return;
    case Kind::kSgd:
      params.array() -= rate * g;
      return;
  }
}

void Optimiser::state(Archive& archive) {
  if (kind_ == Kind::kAdam) adam_.state(archive);
  archive("optimiser_square", square_);
}

double clip_norm(VectorFOut gradient, double most) {
  const double norm = double{gradient.norm()};
  if (most > 0 && norm > most) gradient *= static_cast<float>(most / (norm + 1e-6));
  return norm;
}

}  // namespace rlrun::nn
