#include "../../../plugins/algorithms/ppo_kl/ppo_kl.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::adapted_penalty;
using algorithms::PpoKl;

namespace {

PpoKl::Params small() {
  PpoKl::Params params;
  params.n_envs = 4;
  params.rollout_steps = 50;
  params.minibatch_size = 60;
  params.epochs = 3;
  params.value_hidden = {8};
  return params;
}

}  // namespace

TEST_CASE("ppo_kl keeps the algorithm contract", "[algorithm]") {
  const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    return support::with_gaussian<PpoKl>(small(), task, rng);
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>());
}

TEST_CASE("ppo_kl keeps the algorithm contract with policies that remember", "[algorithm]") {
  support::check_remembers<PpoKl>(small());
}

TEST_CASE("the penalty follows the published rule", "[algorithm]") {
  CHECK(adapted_penalty(1, 0.0066, 0.01) == 0.5);
  CHECK(adapted_penalty(1, 0.0067, 0.01) == 1);
  CHECK(adapted_penalty(1, 0.0149, 0.01) == 1);
  CHECK(adapted_penalty(1, 0.0151, 0.01) == 2);
  CHECK(adapted_penalty(1e4, 1, 0.01) == 1e4);
  CHECK(adapted_penalty(1e-4, 0, 0.01) == 1e-4);
}

TEST_CASE("a heavy penalty holds the policy back", "[algorithm]") {
  const auto kl_with = [](double beta) {
    support::Trial trial(toys::factory<toys::Regulator>());
    PpoKl::Params params = small();
    params.step_size = 3e-3;
    params.epochs = 20;
    params.initial_beta = beta;
    const auto ppo = support::with_gaussian<PpoKl>(params, trial.spec(), Rng(3));
    return trial.iterate(*ppo).at("kl");
  };
  const double free = kl_with(1e-4), held = kl_with(100);
  CHECK(free > 0.05);
  CHECK(held < 0.1 * free);
}

TEST_CASE("the penalty keeps the divergence near its target", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  PpoKl::Params params = small();
  params.step_size = 3e-3;
  params.step_size_schedule = "constant";
  params.epochs = 10;
  const auto ppo = support::with_gaussian<PpoKl>(params, trial.spec(), Rng(3));
  trial.iterate(*ppo, 10);
  double sum = 0;
  for (int i = 0; i < 20; ++i) sum += trial.iterate(*ppo).at("kl");
  CHECK(sum / 20 > 0.01 / 3);
  CHECK(sum / 20 < 0.01 * 3);
}

TEST_CASE("ppo_kl solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  PpoKl::Params params;
  params.n_envs = 8;
  params.rollout_steps = 100;
  params.minibatch_size = 100;
  params.step_size = 3e-3;
  params.step_size_schedule = "constant";
  params.target_kl = 0.03;
  params.value_hidden = {16};
  const auto ppo = support::with_gaussian<PpoKl>(params, trial.spec(), Rng(5), 0.5);
  trial.iterate(*ppo, 40);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, ppo->policy()) > best + 0.05 * (idle - best));
}
