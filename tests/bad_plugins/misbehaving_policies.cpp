// A policy whose gradient is wrong, as a plugin.

#include "rlrun/plugin.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

#include "../support/wrong_policy.hpp"

namespace {

struct GradientTimesMinusTwo : wrong::Wrong {
  using Params = rlrun::GaussianMlp::Params;
  GradientTimesMinusTwo(const Params& params, const rlrun::EnvSpec& spec, const rlrun::Rng& rng)
      : Wrong(std::make_unique<rlrun::GaussianMlp>(params, spec, rng),
              wrong::Fault::kGradientTimesMinusTwo) {}
};

void register_all(rlrun::Registry& registry) {
  registry.add(rlrun::policy<GradientTimesMinusTwo>(
      "gradient_times_minus_two", "A policy that misbehaves as its name says.", "none"));
}

}  // namespace

RLRUN_PLUGIN("misbehaving_policies", "1.0.0", "policy:gradient_times_minus_two", register_all)
