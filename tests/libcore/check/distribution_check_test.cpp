// Policies whose mathematics is wrong in one way each, and that the check names it.

#include "check/distribution_check.hpp"

#include <catch2/catch.hpp>

#include "rlrun/policies/categorical_mlp.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

#include "support/wrong_policy.hpp"

using namespace rlrun;
using wrong::Fault;
using wrong::Wrong;

namespace {

const EnvSpec kContinuous = {.observation = unbounded(3), .action = box(1, -1, 1), .horizon = 9};
const EnvSpec kPlane = {.observation = unbounded(3), .action = box(2, -1, 1), .horizon = 9};
const EnvSpec kDiscrete = {.observation = unbounded(3), .action = Discrete{3}, .horizon = 9};

template <class Mlp>
typename Mlp::Params small(bool normalize) {
  typename Mlp::Params params;
  params.hidden = {12, 8};
  params.normalize_observations = normalize;
  return params;
}

std::unique_ptr<Wrong> wrong(Fault fault, const EnvSpec& spec) {
  const bool normalize = fault == Fault::kGradientInNormalisation;
  if (std::holds_alternative<Discrete>(spec.action))
    return std::make_unique<Wrong>(
        std::make_unique<CategoricalMlp>(small<CategoricalMlp>(normalize), spec, Rng(1)), fault);
  return std::make_unique<Wrong>(
      std::make_unique<GaussianMlp>(small<GaussianMlp>(normalize), spec, Rng(1)), fault);
}

std::string violations(Fault fault, const EnvSpec& spec) {
  std::string all;
  for (const std::string& line : check_distribution(*wrong(fault, spec), spec)) all += line + "\n";
  return all;
}

}  // namespace

TEST_CASE("the right policies pass", "[distribution_check]") {
  for (const EnvSpec& spec : {kContinuous, kPlane, kDiscrete})
    CHECK(violations(Fault::kNone, spec).empty());
}

TEST_CASE("each wrong formula of a density is found and named", "[distribution_check]") {
  using Catch::Matchers::Contains;
  using Catch::Matchers::StartsWith;
  for (const EnvSpec& spec : {kContinuous, kPlane, kDiscrete}) {
    const auto found = [&](Fault fault) { return violations(fault, spec); };
    CHECK_THAT(found(Fault::kGradientTimesMinusTwo), StartsWith("grad_log_prob is "));
    CHECK_THAT(found(Fault::kGradientForgetsLastParameter), StartsWith("grad_log_prob is 0 along"));
    CHECK_THAT(found(Fault::kGradientOfOtherWeights), StartsWith("grad_log_prob is "));
    CHECK_THAT(found(Fault::kGradientDependsOnThreads),
               StartsWith("grad_log_prob depends on the number of threads"));
    CHECK_THAT(found(Fault::kGradientInNormalisation),
               StartsWith("grad_log_prob is not zero in the normalisation"));
    CHECK_THAT(found(Fault::kPartGradientHalved),
               Contains("add_gradient with add_log_prob_gradient is "));
    CHECK_THAT(found(Fault::kPartGradientOverwrites),
               Contains("add_gradient with add_log_prob_gradient is "));
    CHECK_THAT(found(Fault::kLogProbGradientOverwrites),
               StartsWith("add_log_prob_gradient does not add"));
    CHECK_THAT(found(Fault::kShiftedDraws), Contains("drawn"));
    CHECK_THAT(found(Fault::kEntropy), StartsWith("mean_entropy is "));
    CHECK_THAT(found(Fault::kEntropyGradient),
               StartsWith("add_gradient with add_entropy_gradient is "));
    CHECK_THAT(found(Fault::kDivergenceFromItself),
               StartsWith("mean_kl of a distribution from itself is 0.1"));
    CHECK_THAT(found(Fault::kDivergence), StartsWith("add_gradient with add_kl_gradient is "));
    CHECK_THAT(found(Fault::kDivergenceGradient),
               StartsWith("add_gradient with add_kl_gradient is "));
    CHECK_THAT(found(Fault::kFisherHalved),
               StartsWith("Fisher products are not the curvature of mean_kl"));
    CHECK_THAT(found(Fault::kFisherAsymmetric), StartsWith("Fisher products are not symmetric"));
    CHECK_THAT(found(Fault::kFisherNegative), StartsWith("Fisher products are not positive"));
  }
  CHECK_THAT(violations(Fault::kUnnormalisedLogProb, kContinuous), Contains("integrates to 1.105"));
  CHECK_THAT(violations(Fault::kUnnormalisedLogProb, kPlane), Contains("mean_entropy is "));
  CHECK_THAT(violations(Fault::kUnnormalisedLogProb, kDiscrete),
             Contains("the probabilities of all 3 choices add up to 1.105"));
  CHECK_THAT(violations(Fault::kWideDraws, kContinuous), Contains("not drawn as log_prob says"));
}
