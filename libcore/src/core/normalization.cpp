#include "rlrun/normalization.hpp"

namespace rlrun {

void Normalization::update(MatrixFIn observations) {
  if (!policy_.normalizes()) return;
  moments_.add(observations);
  apply();
}

void Normalization::update(const Moments& observations) {
  if (!policy_.normalizes()) return;
  moments_.add(observations);
  apply();
}

void Normalization::apply() {
  policy_.set_normalization(moments_.mean().cast<float>(), moments_.inverse_std().cast<float>());
}

void Normalization::state(Archive& archive) {
  moments_.state(archive);
}

}  // namespace rlrun
