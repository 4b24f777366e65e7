#pragma once
// First-order optimisers, chosen by name.

#include <string>
#include <vector>

#include "rlrun/nn/adam.hpp"
#include "rlrun/types.hpp"

namespace rlrun::nn {

/// "adam"; "rmsprop": v = 0.99 v + 0.01 g^2 from 0, params -= lr g / (sqrt(v) + epsilon);
/// "rmsprop_tf": the same with v from 1 and the epsilon inside the root; "sgd": params -= lr g.
class RLRUN_API Optimiser {
 public:
  static const std::vector<std::string>& names();
  Optimiser(const std::string& name, Index n_params, double epsilon);

  /// One step of descent, in place. No allocation.
  void step(VectorFOut params, VectorFIn gradient, double learning_rate);
  void state(Archive& archive);

 private:
  enum class Kind { kAdam, kRmsProp, kRmsPropTf, kSgd };
  Kind kind_;
  Adam adam_;
  VectorF square_;
  float epsilon_;
};

/// Scales the gradient down to the norm `most` if it is longer: by most / (norm + 1e-6). 0: never.
/// Returns the norm before. No allocation.
RLRUN_API double clip_norm(VectorFOut gradient, double most);

}  // namespace rlrun::nn
