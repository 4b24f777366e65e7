#include "../../../plugins/algorithms/vpg/vpg.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::Vpg;

TEST_CASE("vpg keeps the algorithm contract", "[algorithm]") {
  const bool normalize = GENERATE(true, false);
  const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    Vpg::Params params;
    params.batch_steps = 400;
    params.value_hidden = {8};
    params.value_steps = 5;
    GaussianMlp::Params shape;
    shape.hidden = {8};
    shape.normalize_observations = normalize;
    return std::make_unique<Vpg>(params, std::make_unique<GaussianMlp>(shape, task, rng), task,
                                 rng.fork("learner"));
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>());
}

TEST_CASE("vpg keeps the algorithm contract with policies that remember", "[algorithm]") {
  support::check_remembers<Vpg>([] {
    Vpg::Params params;
    params.batch_steps = 400;
    params.value_hidden = {4};
    params.value_steps = 3;
    return params;
  }());
}

TEST_CASE("the value network learns the values of a policy", "[algorithm]") {
  // Of a policy that does next to nothing on the regulator: x stays where it is.
  support::Trial trial(toys::factory<toys::Regulator>());
  GaussianMlp::Params shape;
  shape.hidden = {8};
  shape.init = "orthogonal";
  shape.initial_std = 1e-3;
  const GaussianMlp policy(shape, trial.spec(), Rng(1));
  ValueBaselineParams params;
  params.value_hidden = {32};
  params.value_steps = 2000;
  ValueBaseline value(params, policy, Rng(2));
  SampleParams sample_params;
  sample_params.discount = 0;  // the value is the next reward, about -x^2
  const Batch batch = trial.sampler().collect(policy, 400);
  value.fit(batch, flatten(batch, value, sample_params).returns);
  for (const Episode& episode : batch) {
    const Vector predicted = value.predict(episode);
    for (Index t = 0; t < episode.length(); ++t)
      REQUIRE(predicted(t) == Approx(episode.rewards(t)).margin(0.05));
  }
}

TEST_CASE("vpg solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  Vpg::Params params;
  params.batch_steps = 1000;
  params.step_size = 1e-2;
  params.value_hidden = {16};
  params.value_steps = 20;
  const auto vpg = support::with_gaussian<Vpg>(params, trial.spec(), Rng(5), 0.5);
  trial.iterate(*vpg, 100);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, vpg->policy()) > best + 0.05 * (idle - best));
}

TEST_CASE("vpg keeps the moments that observations are normalised with", "[algorithm]") {
  Vpg::Params params;
  params.batch_steps = 400;
  params.value_steps = 3;
  params.value_hidden = {8};
  support::check_normalizes<Vpg>(params);
}

TEST_CASE("vpg sees choices one-hot", "[algorithm]") {
  Vpg::Params params;
  params.batch_steps = 400;
  params.value_steps = 3;
  params.value_hidden = {8};
  support::check_sees_one_hot(
      [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
        return support::with_gaussian<Vpg>(params, task, rng);
      });
}
