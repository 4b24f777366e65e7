#pragma once
// Adam (Kingma and Ba 2015).

#include "rlrun/archive.hpp"
#include "rlrun/types.hpp"

namespace rlrun::nn {

/// m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  params -= lr * mhat / (sqrt(vhat) + epsilon).
class RLRUN_API Adam {
 public:
  struct Options {
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  };
  explicit Adam(Index n_params = 0) : Adam(n_params, Options{}) {}
  Adam(Index n_params, Options options);

  /// One step of descent along `gradient`, in place. No allocation.
  void step(VectorFOut params, VectorFIn gradient, double learning_rate);
  void state(Archive& archive);

 private:
  Options options_;
  VectorF first_, second_;
  std::int64_t t_ = 0;
};

}  // namespace rlrun::nn
