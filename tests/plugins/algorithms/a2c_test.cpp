#include "../../../plugins/algorithms/ppo/ppo.cpp"
// One manifest is enough for one library.
#undef RLRUN_PLUGIN
#define RLRUN_PLUGIN(...)
#include "../../../plugins/algorithms/a2c/a2c.cpp"
#include "support.hpp"

using namespace rlrun;
using algorithms::A2c;
using algorithms::Ppo;

TEST_CASE("a2c keeps the algorithm contract", "[algorithm]") {
  const std::string optimiser = GENERATE("adam", "rmsprop", "rmsprop_tf", "sgd");
  const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    A2c::Params params;
    params.value_hidden = {8};
    params.entropy_coefficient = 0.01;
    params.optimiser = optimiser;
    return support::with_gaussian<A2c>(params, task, rng);
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>());
}

TEST_CASE("a2c keeps the algorithm contract with policies that remember", "[algorithm]") {
  support::check_remembers<A2c>([] {
    A2c::Params params;
    params.n_envs = 4;
    params.rollout_steps = 12;
    params.value_hidden = {4};
    return params;
  }());
}

TEST_CASE("a2c is ppo with one epoch of one minibatch", "[algorithm]") {
  support::Trial first(toys::factory<toys::Regulator>()), second(toys::factory<toys::Regulator>());
  A2c::Params a2c_params;
  a2c_params.value_hidden = {8};
  a2c_params.entropy_coefficient = 0.01;
  a2c_params.gae_lambda = 0.9;
  Ppo::Params ppo_params;
  static_cast<RolloutParams&>(ppo_params) = a2c_params;
  static_cast<ActorCriticParams&>(ppo_params) = a2c_params;
  ppo_params.entropy_coefficient = a2c_params.entropy_coefficient;
  ppo_params.value_coefficient = a2c_params.value_coefficient;
  ppo_params.epochs = 1;
  ppo_params.minibatch_size = ppo_params.steps();
  ppo_params.normalize_advantages = "none";
  const auto a2c = support::with_gaussian<A2c>(a2c_params, first.spec(), Rng(3));
  const auto ppo = support::with_gaussian<Ppo>(ppo_params, first.spec(), Rng(3));
  const VectorF start = a2c->learner().params();
  for (int i = 0; i < 5; ++i) {
    first.iterate(*a2c);
    second.iterate(*ppo);
    const VectorF& ours = a2c->learner().params();
    const VectorF& theirs = ppo->learner().params();
    // Up to the order of the sums: ppo shuffles the columns.
    CHECK((ours - theirs).norm() < 1e-3F * (ours - start).norm());
  }
}

TEST_CASE("a2c solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  A2c::Params params;
  params.step_size = 3e-3;
  params.optimiser = "adam";
  params.step_size_schedule = "constant";
  params.gae_lambda = 0.95;
  params.value_hidden = {16};
  const auto a2c = support::with_gaussian<A2c>(params, trial.spec(), Rng(5), 0.5);
  trial.iterate(*a2c, 1000);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, a2c->policy()) > best + 0.05 * (idle - best));
}

TEST_CASE("a2c learns discrete actions", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::RandomSign>();
  support::Trial trial(env);
  A2c::Params params;
  params.step_size = 1e-2;
  CategoricalMlp::Params shape;
  shape.hidden = {8};
  A2c a2c(params, std::make_unique<CategoricalMlp>(shape, trial.spec(), Rng(1)), trial.spec(),
          Rng(2));
  trial.iterate(a2c, 200);
  CHECK(toys::greedy_mean_return(env, a2c.policy()) == 1);
}
