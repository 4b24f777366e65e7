// The policies that are a network of some kind with a distribution.

#include <cmath>

#include "rlrun/error.hpp"
#include "rlrun/nn/conv.hpp"
#include "rlrun/nn/gru.hpp"
#include "rlrun/nn/lstm.hpp"
#include "rlrun/nn/stack.hpp"
#include "rlrun/policies/categorical_mlp.hpp"
#include "rlrun/policies/categorical_policy.hpp"
#include "rlrun/policies/distributions.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"
#include "rlrun/policies/gaussian_policy.hpp"

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

Index continuous_dim(const EnvSpec& spec, const std::string& who, const std::string& other) {
  if (!std::holds_alternative<Box>(spec.action))
    throw UserError(who + " needs continuous actions (Box), but the task has " +
                    describe(spec.action) + "; " + other);
  return spec.action_dim();
}

Index choices(const EnvSpec& spec) {
  const Discrete* discrete = std::get_if<Discrete>(&spec.action);
  if (discrete == nullptr)
    throw UserError("categorical_mlp needs one choice as its action (Discrete), but the task has " +
                    describe(spec.action) + "; " +
                    (std::holds_alternative<Box>(spec.action)
                         ? "gaussian_mlp fits continuous actions (Box)"
                         : "categorical fits several choices (MultiDiscrete)"));
  return discrete->n;
}

std::vector<Index> all_choices(const EnvSpec& spec) {
  std::vector<Index> n = n_choices(spec.action);
  if (n.empty())
    throw UserError(
        "categorical needs choices as its action (Discrete or MultiDiscrete), but the "
        "task has " +
        describe(spec.action) + "; gaussian fits continuous actions (Box)");
  return n;
}

VectorF log_std(const EnvSpec& spec, double std) {
  return VectorF::Constant(spec.action_dim(), static_cast<float>(std::log(std)));
}

}  // namespace

GaussianMlp::GaussianMlp(const Params& params, const EnvSpec& spec, Rng rng)
    : NetworkPolicy(body(params, spec),
                    std::make_shared<Gaussian>(continuous_dim(
                        spec, "gaussian_mlp", "categorical_mlp fits one choice (Discrete)")),
                    log_std(spec, params.initial_std), rng) {}

CategoricalMlp::CategoricalMlp(const Params& params, const EnvSpec& spec, Rng rng)
    : NetworkPolicy(body(params, spec),
                    std::make_shared<Categorical>(std::vector<Index>{choices(spec)}), VectorF(0),
                    rng) {}

void NetworkParams::fields(Fields& f) {
  f("network", network,
    "Dense layers alone (mlp), or after a recurrent layer that remembers what came before.",
    {"mlp", "lstm", "gru"});
  f("hidden", hidden,
    "Widths of the hidden layers; the first is the recurrent one, where there is one.",
    between(1, 100000));
  f("convolution", convolution,
    "Convolutions before them, for observations with a shape (channels, height, width): those of "
    "Mnih et al. 2015, or small ones for boards.",
    {"none", "nature", "small"});
  f("activation", activation, "Activation of the dense hidden layers.", {"tanh", "relu"});
  f("init", init,
    "Initial weights: Glorot uniform, or orthogonal with gains sqrt(2) and, for the output, 0.01.",
    {"glorot", "orthogonal"});
  NormalizedObservationParams::fields(f);
}

namespace {

std::shared_ptr<const nn::Network> convolutions(const std::string& name, const EnvSpec& spec) {
  const Box* box = std::get_if<Box>(&spec.observation);
  if (box == nullptr || box->shape.size() != 3)
    throw UserError("convolution \"" + name +
                    "\" needs observations with a shape (channels, height, width), but the task's "
                    "are " +
                    (box == nullptr
                         ? std::string("choices")
                         : "a vector of " + std::to_string(spec.obs_dim()) + " numbers") +
                    "; \"convolution\": \"none\" fits");
  nn::ConvShape shape;
  shape.channels = box->shape[0];
  shape.height = box->shape[1];
  shape.width = box->shape[2];
  shape.layers = nn::conv_layers_named(name);
  if (box->bytes) shape.scale = 1.0F / 255;
  return std::make_shared<nn::Conv>(shape);
}

// A recurrent layer of the first width, then dense ones.
void add_recurrent(const std::string& network, Index inputs, std::vector<std::int64_t> hidden,
                   const std::string& activation, Index outputs, nn::Stack::Parts& parts) {
  const auto units = static_cast<Index>(hidden.front());
  hidden.erase(hidden.begin());
  if (network == "lstm")
    parts.push_back(std::make_shared<nn::Lstm>(nn::LstmShape{.inputs = inputs, .units = units}));
  else
    parts.push_back(std::make_shared<nn::Gru>(nn::GruShape{.inputs = inputs, .units = units}));
  parts.push_back(perceptron(units, hidden, activation, outputs));
}

}  // namespace

NetworkPolicy::Body NetworkParams::body(const EnvSpec& spec) const {
  const bool recurrent = network != "mlp";
  if (recurrent && hidden.empty())
    throw UserError("network \"" + network + "\" needs the width of its layer in \"hidden\"");
  std::shared_ptr<const nn::Network> conv;
  if (convolution != "none") conv = convolutions(convolution, spec);
  const auto make = [conv, recurrent, network = network](
                        Index inputs, const std::vector<std::int64_t>& widths,
                        const std::string& dense_activation, Index outputs) {
    nn::Stack::Parts parts;
    if (conv) parts.push_back(conv);
    const Index features = conv ? conv->outputs() : inputs;
    // A value network beside the policy may have no hidden layer: then it is dense.
    if (recurrent && !widths.empty())
      add_recurrent(network, features, widths, dense_activation, outputs, parts);
    else
      parts.push_back(perceptron(features, widths, dense_activation, outputs));
    return nn::stack(std::move(parts));
  };
  return {input(spec), make, hidden, activation, init};
}

void GaussianPolicy::Params::fields(Fields& f) {
  NetworkParams::fields(f);
  f("initial_std", initial_std, "Standard deviation of the actions at the start.", more_than(0));
}

GaussianPolicy::GaussianPolicy(const Params& params, const EnvSpec& spec, Rng rng)
    : NetworkPolicy(params.body(spec),
                    std::make_shared<Gaussian>(continuous_dim(
                        spec, "gaussian", "categorical fits choices (Discrete, MultiDiscrete)")),
                    log_std(spec, params.initial_std), rng) {}

CategoricalPolicy::CategoricalPolicy(const Params& params, const EnvSpec& spec, Rng rng)
    : NetworkPolicy(params.body(spec), std::make_shared<Categorical>(all_choices(spec)), VectorF(0),
                    rng) {}

}  // namespace rlrun
