#include "../../../plugins/algorithms/reinforce/reinforce.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::Reinforce;

TEST_CASE("reinforce keeps the algorithm contract", "[algorithm]") {
  const auto make = [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    Reinforce::Params params;
    params.batch_steps = 400;
    return support::with_gaussian<Reinforce>(params, task, rng);
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>());
}

TEST_CASE("reinforce keeps the algorithm contract with policies that remember", "[algorithm]") {
  support::check_remembers<Reinforce>([] {
    Reinforce::Params params;
    params.batch_steps = 400;
    return params;
  }());
}

TEST_CASE("the policy gradient of the target task is that of its closed form", "[algorithm]") {
  // E[-(a - 1/2)^2] over a ~ N(mu, s^2), as long as the box does not matter: its gradient is
  // -2 (mu - 1/2) by mu and -2 s^2 by log s.
  const EnvFactory env = toys::factory<toys::Target>();
  support::Trial trial(env);
  GaussianMlp::Params shape;
  shape.hidden = {};
  shape.initial_std = 0.1;
  GaussianMlp policy(shape, trial.spec(), Rng(2));
  VectorF params = policy.params();  // weight, bias, log std
  REQUIRE(params.size() == 3);
  params(0) = 0.2F;
  params(1) = 0.0F;
  policy.set_params(params);

  constexpr Index kSteps = 400'000;
  const Batch batch = trial.sampler().collect(policy, kSteps);
  const Samples samples = flatten(batch, LinearFeatureBaseline(), {.discount = 1});
  const double mean = samples.returns.mean();
  const double deviation = std::sqrt((samples.returns.array() - mean).square().mean());
  const Vector weights = samples.advantages * (deviation / static_cast<double>(samples.size()));
  const VectorF gradient = policy.grad_log_prob(samples.observations, samples.actions, weights);

  // One sample's gradient by mu is z (R - mean) / s; its second moment is bounded by that of
  // z^2 (2 * 0.3 z)^2 / 1, i.e. 0.36 * 3.
  const double error = 4 * std::sqrt(0.36 * 3 / static_cast<double>(kSteps)) + 1e-4;
  CHECK(std::abs(gradient(0) - 0.6) < error);
  CHECK(std::abs(gradient(1) - 0.6) < error);
  CHECK(std::abs(gradient(2) + 0.02) < error);
}

TEST_CASE("the first step of reinforce goes up the gradient by the step size", "[algorithm]") {
  // The first step of Adam is the step size in the direction of each entry's sign.
  support::Trial trial(toys::factory<toys::Regulator>());
  Reinforce::Params params;
  params.batch_steps = 2000;
  params.step_size = 1e-3;
  const auto reinforce = support::with_gaussian<Reinforce>(params, trial.spec(), Rng(6));
  const VectorF before = reinforce->policy().params();

  support::Trial same(toys::factory<toys::Regulator>());
  const auto twin = support::with_gaussian<Reinforce>(params, trial.spec(), Rng(6));
  const auto& policy = dynamic_cast<const StochasticPolicy&>(twin->policy());
  same.sampler().begin_iteration(0);
  const Samples samples =
      flatten(same.sampler().collect(policy, 2000), LinearFeatureBaseline(), params);
  const VectorF gradient = policy.grad_log_prob(samples.observations, samples.actions,
                                                samples.advantages / double(samples.size()));

  trial.iterate(*reinforce);
  const VectorF step = reinforce->policy().params() - before;
  for (Index i = 0; i < step.size(); ++i) {
    if (std::abs(gradient(i)) < 1e-4) continue;
    CHECK(step(i) == Approx(gradient(i) > 0 ? 1e-3 : -1e-3).epsilon(0.01));
  }
}

TEST_CASE("reinforce solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  Reinforce::Params params;
  params.batch_steps = 1000;
  params.step_size = 2e-2;
  const auto reinforce = support::with_gaussian<Reinforce>(params, trial.spec(), Rng(5), 0.5);
  trial.iterate(*reinforce, 60);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, reinforce->policy()) > best + 0.1 * (idle - best));
}

TEST_CASE("reinforce keeps the moments that observations are normalised with", "[algorithm]") {
  Reinforce::Params params;
  params.batch_steps = 400;
  support::check_normalizes<Reinforce>(params);
}

TEST_CASE("reinforce learns to cross the frozen lake", "[algorithm]") {
  support::Trial trial(toys::factory<toys::FrozenLake>());
  Reinforce::Params params;
  params.batch_steps = 1000;
  Reinforce reinforce(
      params, std::make_unique<CategoricalMlp>(CategoricalMlp::Params{}, trial.spec(), Rng(1)),
      trial.spec(), Rng(2));
  CHECK(support::return_in_the_end(trial, reinforce, 200'000) >= 0.6);
}
