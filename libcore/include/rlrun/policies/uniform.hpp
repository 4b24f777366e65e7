#pragma once
// The policy that knows nothing.

#include <memory>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// Actions drawn uniformly from the action space, in either mode: a finite Box, Discrete or
/// MultiDiscrete. Has no parameters.
class RLRUN_API Uniform final : public Policy {
 public:
  struct Params {
    void fields(Fields& /*f*/) {}
  };

  /// Throws UserError if the action space is unbounded.
  Uniform(const Params& params, const EnvSpec& spec, Rng rng);

  [[nodiscard]] std::unique_ptr<Policy> clone() const override;
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override;
  void act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const override;

 private:
  Space space_;
  VectorF params_;  // empty
};

}  // namespace rlrun
