#include "rlrun/policies/deterministic_mlp.hpp"

#include "rlrun/error.hpp"

#include "policies/common.hpp"

namespace rlrun {
namespace {

nn::MlpShape actor_shape(const DeterministicMlp::Params& params, const EnvSpec& spec,
                         Index inputs) {
  const Box& box = bounded_actions(spec, "deterministic_mlp");
  nn::MlpShape shape = nn::mlp_shape(inputs, params.hidden, spec.action_dim(), params.activation);
  shape.output_activation = nn::Activation::kTanh;
  if ((box.low.array() != -1).any() || (box.high.array() != 1).any()) {
    shape.output_scale = (box.high - box.low) / 2;
    shape.output_shift = (box.high + box.low) / 2;
  }
  return shape;
}

}  // namespace

DeterministicMlp::DeterministicMlp(const Params& params, const EnvSpec& spec, Rng rng)
    : input_(params.input(spec)),
      network_(actor_shape(params, spec, input_.size())),
      params_(network_.n_params()) {
  nn::init_fan_in_uniform(network_, params_, rng.fork("hidden"));
  nn::init_output_uniform(network_, params_, rng.fork("output"), 3e-3F);
}

std::unique_ptr<Policy> DeterministicMlp::clone() const {
  return std::make_unique<DeterministicMlp>(*this);
}

void DeterministicMlp::set_params(VectorFIn params) {
  RLRUN_CHECK(params.size() == params_.size());
  params_ = params;
}

void DeterministicMlp::act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const {
  const MatrixF no_late;
  const Workspace::Scope scope(workspace);
  network_.infer(params_, input_.view(in.observations, workspace), no_late, actions, workspace);
}

}  // namespace rlrun
