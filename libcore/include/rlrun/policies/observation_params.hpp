#pragma once
// What policies with networks declare of their input.

#include <string>

#include "rlrun/env.hpp"
#include "rlrun/nn/observation_input.hpp"
#include "rlrun/params.hpp"

namespace rlrun {

struct RLRUN_API ObservationParams {
  std::string observation_encoding = "one_hot";

  void fields(Fields& f);
  /// Throws UserError if choices that are seen one-hot are to be scaled.
  [[nodiscard]] nn::ObservationInput input(
      const EnvSpec& spec,
      nn::ObservationInput::Scaling scaling = nn::ObservationInput::Scaling::kNone) const;
};

/// For policies that can normalise.
struct RLRUN_API NormalizedObservationParams : ObservationParams {
  bool normalize_observations = false;

  void fields(Fields& f);
  [[nodiscard]] nn::ObservationInput input(const EnvSpec& spec) const;
};

}  // namespace rlrun
