#include "rlrun/nn/adam.hpp"

#include "rlrun/error.hpp"

#include "nn/adam_step.hpp"

namespace rlrun::nn {

Adam::Adam(Index n_params, Options options)
    : options_(options), first_(VectorF::Zero(n_params)), second_(VectorF::Zero(n_params)) {}

void Adam::step(VectorFOut params, VectorFIn gradient, double learning_rate) {
  RLRUN_CHECK(params.size() == first_.size() && gradient.size() == first_.size());
  const AdamStep step(options_, ++t_, learning_rate);
  step.apply(params.data(), gradient.data(), first_.data(), second_.data(), first_.size());
}

void Adam::state(Archive& archive) {
  archive("adam_first", first_);
  archive("adam_second", second_);
  archive("adam_t", t_);
}

}  // namespace rlrun::nn
