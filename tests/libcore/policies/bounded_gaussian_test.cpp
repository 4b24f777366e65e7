#include <cmath>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/policies/bounded_gaussian_mlp.hpp"

#include "contracts/policy_contract.hpp"

using namespace rlrun;

namespace {

EnvSpec task() {
  EnvSpec spec{.observation = unbounded(5), .action = box(2, -1, 1), .horizon = 10};
  auto& actions = std::get<Box>(spec.action);
  actions.low(1) = 0;
  actions.high(1) = 8;
  return spec;
}

std::unique_ptr<BoundedGaussianMlp> policy_for(const EnvSpec& spec, double min_std = 0.01) {
  BoundedGaussianMlp::Params params;
  params.hidden = {16, 16};
  params.min_std = min_std;
  return std::make_unique<BoundedGaussianMlp>(params, spec, Rng(4));
}

}  // namespace

TEST_CASE("a bounded Gaussian policy keeps the policy contract", "[policy]") {
  contracts::check_policy(task(), [] { return policy_for(task()); });
}

TEST_CASE("at the start the mean is the middle and the deviation half the width", "[policy]") {
  const EnvSpec spec = task();
  const auto policy = policy_for(spec);
  constexpr Index kN = 20000;
  const MatrixF observations = contracts::random_columns(5, kN, Rng(1));
  const MatrixF means =
      contracts::act(*policy, spec, ActMode::kGreedy, observations, contracts::streams(kN, 1));
  CHECK((means.row(0).array().abs() < 1e-6F).all());
  CHECK(((means.row(1).array() - 4).abs() < 1e-5F).all());
  MatrixF log_variances(2, kN);
  Workspace workspace;
  policy->log_variance_network().infer(policy->log_variance_params(), observations, MatrixF(),
                                       log_variances, workspace);
  CHECK(((log_variances.row(0).array()).abs() < 1e-4F).all());  // log 1
  CHECK(((log_variances.row(1).array() - 2 * std::log(4.0F)).abs() < 1e-4F).all());
  // One deviation to the bound: a third of the actions lie on it.
  const MatrixF actions =
      contracts::act(*policy, spec, ActMode::kExplore, observations, contracts::streams(kN, 1));
  const double at_bound =
      static_cast<double>((actions.row(1).array() == 8 || actions.row(1).array() == 0).count());
  CHECK(at_bound / kN == Approx(0.3173).margin(0.01));
}

TEST_CASE("the scale of observations is part of the parameters", "[policy]") {
  const EnvSpec spec = task();
  const auto policy = policy_for(spec);
  const VectorF mean = 0.3F * contracts::random_columns(policy->mean_params().size(), 1, Rng(2));
  policy->set_networks(mean, policy->log_variance_params());
  const VectorF scale = VectorF::LinSpaced(5, 0.1F, 0.5F);
  const MatrixF observations = contracts::random_columns(5, 3, Rng(3));
  const auto greedy = [&](const MatrixF& x) {
    return contracts::act(*policy, spec, ActMode::kGreedy, x, contracts::streams(3, 1));
  };
  const MatrixF before = greedy(scale.asDiagonal() * observations);
  policy->set_normalization(VectorF::Zero(5), scale);
  CHECK((greedy(observations) - before).norm() < 1e-6F);
  const auto copy = policy_for(spec);
  copy->set_params(policy->params());
  CHECK(contracts::act(*copy, spec, ActMode::kGreedy, observations, contracts::streams(3, 1)) ==
        greedy(observations));
}

TEST_CASE("a bounded Gaussian policy says which tasks it fits", "[policy]") {
  EnvSpec spec = task();
  spec.action = Discrete{3};
  CHECK_THROWS_WITH(policy_for(spec), Catch::Contains("needs bounded continuous actions"));
  spec.action = unbounded(2);
  CHECK_THROWS_WITH(policy_for(spec), Catch::Contains("needs bounded continuous actions"));
  CHECK_THROWS_WITH(policy_for(task(), 2.0), Catch::Contains("must be less than the range"));
}
