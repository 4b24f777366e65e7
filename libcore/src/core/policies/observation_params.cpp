#include "rlrun/policies/observation_params.hpp"

#include "rlrun/error.hpp"

namespace rlrun {

using nn::ObservationInput;

void ObservationParams::fields(Fields& f) {
  f("observation_encoding", observation_encoding,
    "What networks see of observations that are choices (Discrete, MultiDiscrete): an indicator "
    "for each choice, or the raw index. Of no effect on numbers (Box).",
    {"one_hot", "raw"});
}

ObservationInput ObservationParams::input(const EnvSpec& spec,
                                          ObservationInput::Scaling scaling) const {
  const bool one_hot =
      observation_encoding == "one_hot" && !std::holds_alternative<Box>(spec.observation);
  if (!one_hot) return ObservationInput(spec.obs_dim(), scaling);
  if (scaling != ObservationInput::Scaling::kNone)
    throw UserError(
        "normalize_observations is for numbers, but the task's observations are choices, which "
        "networks see one-hot; \"observation_encoding\": \"raw\" makes numbers of them");
  return ObservationInput(spec.observation);
}

void NormalizedObservationParams::fields(Fields& f) {
  ObservationParams::fields(f);
  f("normalize_observations", normalize_observations,
    "Whether observations are shifted and scaled by running moments, which the algorithm updates, "
    "and clipped to +-10.");
}

ObservationInput NormalizedObservationParams::input(const EnvSpec& spec) const {
  return ObservationParams::input(spec, normalize_observations
                                            ? ObservationInput::Scaling::kShiftAndScale
                                            : ObservationInput::Scaling::kNone);
}

}  // namespace rlrun
