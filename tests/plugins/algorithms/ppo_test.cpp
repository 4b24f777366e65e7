#include "../../../plugins/algorithms/ppo/ppo.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::ClippedSurrogate;
using algorithms::Ppo;
using algorithms::ValueError;

namespace {

Ppo::Params small() {
  Ppo::Params params;
  params.n_envs = 4;
  params.rollout_steps = 50;
  params.minibatch_size = 60;  // the last one of an epoch is smaller
  params.epochs = 3;
  params.value_hidden = {8};
  return params;
}

// One step in all, without anything that changes the gradient on its way.
Ppo::Params plain_gradient_step() {
  Ppo::Params params = small();
  params.minibatch_size = params.steps();
  params.epochs = 1;
  params.optimiser = "sgd";
  params.step_size = 1e-2;
  params.max_grad_norm = 0;
  params.normalize_advantages = "none";
  params.normalize_rewards = false;
  return params;
}

}  // namespace

TEST_CASE("ppo keeps the algorithm contract", "[algorithm]") {
  const bool plain = GENERATE(true, false);
  const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    Ppo::Params params = small();
    GaussianMlp::Params policy;
    policy.hidden = {8};
    if (!plain) {
      params.clip_values = false;
      params.normalize_advantages = "batch";
      params.entropy_coefficient = 0.01;
      params.target_kl = 0.01;
      params.clip_epsilon_schedule = "linear";
      policy.normalize_observations = true;
    }
    return std::make_unique<Ppo>(params, std::make_unique<GaussianMlp>(policy, task, rng), task,
                                 rng.fork("learner"));
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>());
}

TEST_CASE("ppo keeps the algorithm contract with policies that remember", "[algorithm]") {
  support::check_remembers<Ppo>(small());
}

TEST_CASE("the clipped objective has its published values and slopes", "[algorithm]") {
  const auto at = [](double ratio, double advantage) {
    return ClippedSurrogate(ratio, advantage, 0.2);
  };
  CHECK(at(1.5, 1).value == Approx(1.2));
  CHECK(at(0.5, 1).value == Approx(0.5));
  CHECK(at(1.5, -1).value == Approx(-1.5));
  CHECK(at(0.5, -1).value == Approx(-0.8));
  CHECK(at(1.1, 2).value == Approx(2.2));
  // Zero exactly where the ratio went too far the right way.
  CHECK(at(1.5, 1).slope == 0);
  CHECK(at(0.5, -1).slope == 0);
  CHECK(at(0.5, 1).slope == Approx(0.5));
  CHECK(at(1.5, -1).slope == Approx(-1.5));
  CHECK(at(1.1, 2).slope == Approx(2.2));
  // What a step follows is the slope of the value in log pi.
  for (const double ratio : {0.5, 0.9, 1.1, 1.5})
    for (const double advantage : {-2.0, 1.0}) {
      const double h = 1e-5;
      const double difference =
          (at(ratio * std::exp(h), advantage).value - at(ratio * std::exp(-h), advantage).value) /
          (2 * h);
      CHECK(at(ratio, advantage).slope == Approx(difference).margin(1e-8));
    }
  CHECK(at(1.5, -1).clipped);
  CHECK_FALSE(at(1.1, 2).clipped);
}

TEST_CASE("a clipped value pays the larger of two errors", "[algorithm]") {
  const auto at = [](double value, double old_value, bool clips = true) {
    return ValueError(value, old_value, /*target=*/1, /*epsilon=*/0.2, clips);
  };
  CHECK(at(0.9, 0, false).value == Approx(0.005));
  CHECK(at(0.9, 0).value == Approx(0.32));  // it went too far: as from 0.2
  CHECK(at(0.9, 0).slope == 0);
  CHECK(at(0.1, 0).value == Approx(0.405));
  CHECK(at(-0.5, 0).value == Approx(1.125));  // the wrong way is never clipped
  for (const double value : {-0.5, 0.1, 0.5, 0.9, 1.1, 1.4, 3.0})
    for (const double old_value : {0.0, 1.2, 3.0})
      for (const bool clips : {true, false}) {
        const double h = 1e-5;
        const double difference =
            (at(value + h, old_value, clips).value - at(value - h, old_value, clips).value) /
            (2 * h);
        CHECK(at(value, old_value, clips).slope == Approx(difference).margin(1e-8));
      }
}

TEST_CASE("the first step of ppo is the policy gradient", "[algorithm]") {
  const Ppo::Params params = plain_gradient_step();
  support::Trial trial(toys::factory<toys::Regulator>()), twin(toys::factory<toys::Regulator>());
  const auto ppo = support::with_gaussian<Ppo>(params, trial.spec(), Rng(3));
  const auto before_policy = ppo->policy().clone();
  const auto& before = dynamic_cast<const StochasticPolicy&>(*before_policy);

  // The same rollout from a sampler with the same seed.
  twin.sampler().begin_iteration(0);
  const SegmentBatch& batch =
      twin.sampler().collect_segments(before, params.n_envs, params.rollout_steps);
  ActorCritic learner(params, support::small_gaussian(trial.spec(), Rng(3)),
                      Rng(3).fork("learner"));
  const ActorCritic::Values values = learner.values(batch);
  const Vector advantages = segment_gae(batch, batch.rewards, values.of_steps, values.of_bootstraps,
                                        params.discount, params.gae_lambda, true);
  const VectorF expected = before.grad_log_prob(batch.observations, batch.actions,
                                                advantages / static_cast<double>(params.steps()));

  const Metrics metrics = trial.iterate(*ppo);
  const VectorF step = ppo->policy().params() - before.params();
  CHECK((step - 1e-2F * expected).norm() < 1e-3F * step.norm());
  CHECK(metrics.at("kl") == Approx(0).margin(1e-12));
  CHECK(metrics.at("clip_fraction") == 0);
}

TEST_CASE("ppo refuses a minibatch that does not fit the rollout", "[algorithm]") {
  Ppo::Params params = small();
  params.minibatch_size = 201;
  CHECK_THROWS_WITH(params.check(),
                    "minibatch_size = 201 does not fit into the n_envs * rollout_steps = 200 "
                    "steps of an iteration");
  params.minibatch_size = 200;
  CHECK_NOTHROW(params.check());
}

TEST_CASE("a low target_kl ends the epochs early", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  Ppo::Params params = small();
  params.epochs = 50;
  params.step_size = 1e-2;
  params.target_kl = 0.01;
  const auto ppo = support::with_gaussian<Ppo>(params, trial.spec(), Rng(3));
  const Metrics metrics = trial.iterate(*ppo);
  CHECK(metrics.at("epochs") < 50);
  CHECK(metrics.at("kl") > 0.01);
}

TEST_CASE("a minibatch of one step is no trouble", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  Ppo::Params params = small();
  params.rollout_steps = 1;
  params.minibatch_size = 3;  // and then 1
  const auto ppo = support::with_gaussian<Ppo>(params, trial.spec(), Rng(3));
  trial.iterate(*ppo, 5);
  CHECK(ppo->learner().params().allFinite());
}

TEST_CASE("ppo normalises observations by what it has seen", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  GaussianMlp::Params shape;
  shape.hidden = {8};
  shape.normalize_observations = true;
  const Ppo::Params params = small();
  Ppo ppo(params, std::make_unique<GaussianMlp>(shape, trial.spec(), Rng(1)), trial.spec(), Rng(2));
  trial.iterate(ppo);
  // The update must not undo the normalisation: shift and scale are the last two parameters.
  const VectorF learned = ppo.policy().params();
  const float scale = learned(learned.size() - 1);
  CHECK(scale > 1);  // |x| is below 2 and mostly below 1
  MatrixF seen(1, 2);
  ppo.policy().input().apply(MatrixF{{learned(learned.size() - 2), 0}}, seen);
  CHECK(seen(0, 0) == 0);
}

TEST_CASE("ppo solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  Ppo::Params params;
  params.n_envs = 8;
  params.rollout_steps = 100;
  params.minibatch_size = 100;
  params.step_size = 3e-3;
  params.step_size_schedule = "constant";
  params.value_hidden = {16};
  const auto ppo = support::with_gaussian<Ppo>(params, trial.spec(), Rng(5), 0.5);
  trial.iterate(*ppo, 25);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, ppo->policy()) > best + 0.05 * (idle - best));
}

TEST_CASE("ppo learns discrete actions", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::RandomSign>();
  support::Trial trial(env);
  Ppo::Params params = small();
  params.step_size = 1e-2;
  CategoricalMlp::Params shape;
  shape.hidden = {8};
  Ppo ppo(params, std::make_unique<CategoricalMlp>(shape, trial.spec(), Rng(1)), trial.spec(),
          Rng(2));
  trial.iterate(ppo, 20);
  CHECK(toys::greedy_mean_return(env, ppo.policy()) == 1);
}

TEST_CASE("ppo learns to cross the frozen lake", "[.slow]") {
  support::Trial trial(toys::factory<toys::FrozenLake>());
  Ppo::Params params;
  Ppo ppo(params, std::make_unique<CategoricalMlp>(CategoricalMlp::Params{}, trial.spec(), Rng(1)),
          trial.spec(), Rng(2));
  CHECK(support::return_in_the_end(trial, ppo, 200'000) >= 0.6);
}

TEST_CASE("ppo sees choices one-hot", "[algorithm]") {
  support::check_sees_one_hot(
      [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
        return support::with_gaussian<Ppo>(small(), task, rng);
      });
}
