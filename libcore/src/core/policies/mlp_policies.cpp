// The policies that are a perceptron.

#include <cmath>

#include "rlrun/error.hpp"
#include "rlrun/policies/categorical_mlp.hpp"
#include "rlrun/policies/distributions.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

namespace rlrun {
namespace {

std::shared_ptr<const nn::Network> perceptron(Index inputs, const std::vector<std::int64_t>& hidden,
                                              const std::string& activation, Index outputs) {
  return std::make_shared<nn::Mlp>(nn::mlp_shape(inputs, hidden, outputs, activation));
}

template <class Params>
NetworkPolicy::Body body(const Params& params, const EnvSpec& spec) {
  return {params.input(spec), perceptron, params.hidden, params.activation, params.init};
}

Index continuous_dim(const EnvSpec& spec) {
  if (!std::holds_alternative<Box>(spec.action))
    throw UserError("gaussian_mlp needs continuous actions (Box), but the task has " +
                    describe(spec.action) + "; categorical_mlp fits one choice (Discrete)");
  return spec.action_dim();
}

Index choices(const EnvSpec& spec) {
  const Discrete* discrete = std::get_if<Discrete>(&spec.action);
  if (discrete == nullptr)
    throw UserError("categorical_mlp needs one choice as its action (Discrete), but the task has " +
                    describe(spec.action) + "; gaussian_mlp fits continuous actions (Box)");
  return discrete->n;
}

VectorF log_std(const EnvSpec& spec, double std) {
  return VectorF::Constant(spec.action_dim(), static_cast<float>(std::log(std)));
}

}  // namespace

GaussianMlp::GaussianMlp(const Params& params, const EnvSpec& spec, Rng rng)
    : NetworkPolicy(body(params, spec), std::make_shared<Gaussian>(continuous_dim(spec)),
                    log_std(spec, params.initial_std), rng) {}

CategoricalMlp::CategoricalMlp(const Params& params, const EnvSpec& spec, Rng rng)
    : NetworkPolicy(body(params, spec),
                    std::make_shared<Categorical>(std::vector<Index>{choices(spec)}), VectorF(0),
                    rng) {}

}  // namespace rlrun
