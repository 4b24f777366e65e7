#include "rlrun/nn/adam.hpp"

#include <cmath>

#include "rlrun/error.hpp"

namespace rlrun::nn {

Adam::Adam(Index n_params, Options options)
    : options_(options), first_(VectorF::Zero(n_params)), second_(VectorF::Zero(n_params)) {}

void Adam::step(VectorFOut params, VectorFIn gradient, double learning_rate) {
  RLRUN_CHECK(params.size() == first_.size() && gradient.size() == first_.size());
  ++t_;
  const auto b1 = static_cast<float>(options_.beta1), b2 = static_cast<float>(options_.beta2);
  // 1 - beta is rounded once, and not the difference of a rounded beta.
  const auto c1 = static_cast<float>(1 - options_.beta1),
             c2 = static_cast<float>(1 - options_.beta2);
  const auto t = static_cast<double>(t_);
  const auto rate = static_cast<float>(learning_rate / (1 - std::pow(options_.beta1, t)));
  const auto root_correction = static_cast<float>(1 / std::sqrt(1 - std::pow(options_.beta2, t)));
  const auto epsilon = static_cast<float>(options_.epsilon);

  // Blocks that stay in the first cache between the three statements.
  constexpr Index kBlock = 1024;
  for (Index from = 0; from < first_.size(); from += kBlock) {
    const Index n = std::min(kBlock, first_.size() - from);
    const auto g = gradient.segment(from, n).array();
    auto m = first_.segment(from, n).array();
    auto v = second_.segment(from, n).array();
    m = b1 * m + c1 * g;
    v = b2 * v + c2 * g * g;
    params.segment(from, n).array() -= rate * m / (v.sqrt() * root_correction + epsilon);
  }
}

void Adam::state(Archive& archive) {
  archive("adam_first", first_);
  archive("adam_second", second_);
  archive("adam_t", t_);
}

}  // namespace rlrun::nn
