// The policies that come with the core.

#include "rlrun/policies/bounded_gaussian_mlp.hpp"
#include "rlrun/policies/categorical_mlp.hpp"
#include "rlrun/policies/categorical_policy.hpp"
#include "rlrun/policies/deterministic_mlp.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"
#include "rlrun/policies/gaussian_policy.hpp"
#include "rlrun/policies/squashed_gaussian_mlp.hpp"
#include "rlrun/policies/uniform.hpp"

#include "plugin/loader.hpp"

namespace rlrun {

void register_builtin_policies(Registry& registry) {
  registry.add(policy<GaussianPolicy>(
      "gaussian", "Gaussian actions over any network: dense, recurrent, convolutional",
      "Duan et al. 2016; Mnih et al. 2016"));
  registry.add(policy<CategoricalPolicy>(
      "categorical", "One or several choices over any network: dense, recurrent, convolutional",
      "Williams 1992; Mnih et al. 2016"));
  registry.add(policy<GaussianMlp>("gaussian_mlp",
                                   "Gaussian actions: mean by a network, one deviation per entry",
                                   "Duan et al. 2016"));
  registry.add(policy<BoundedGaussianMlp>(
      "bounded_gaussian_mlp",
      "Gaussian actions cut to their bounds: mean and variance by a network each",
      "Hamalainen et al. 2020"));
  registry.add(policy<CategoricalMlp>(
      "categorical_mlp", "One of n choices: softmax over a network's logits", "Williams 1992"));
  registry.add(policy<DeterministicMlp>("deterministic_mlp",
                                        "Bounded actions by a network with tanh outputs",
                                        "Lillicrap et al. 2016"));
  registry.add(policy<SquashedGaussianMlp>(
      "squashed_gaussian_mlp",
      "Bounded actions: tanh of a Gaussian whose mean and deviation a network gives",
      "Haarnoja et al. 2018"));
  registry.add(policy<Uniform>("uniform", "Uniform over the action space, without parameters",
                               "Duan et al. 2016"));
}

}  // namespace rlrun
