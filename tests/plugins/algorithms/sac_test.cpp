#include "../../../plugins/algorithms/sac/sac.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::Sac;

namespace {

Sac::Params small_params() {
  Sac::Params params;
  params.replay.steps_per_iteration = 60;
  params.replay.random_steps = 30;
  params.replay.warmup_steps = 40;
  params.replay.batch_size = 70;        // two parts
  params.replay.replay_capacity = 150;  // is overwritten within the test
  params.critic_hidden = {16, 8};
  return params;
}

std::unique_ptr<Sac> make_sac(const Sac::Params& params, const EnvSpec& spec, const Rng& rng,
                              std::vector<std::int64_t> hidden = {16, 8}) {
  SquashedGaussianMlp::Params policy;
  policy.hidden = std::move(hidden);
  return std::make_unique<Sac>(
      params, std::make_unique<SquashedGaussianMlp>(policy, spec, rng.fork("policy")), spec,
      rng.fork("learner"));
}

// Learns fast enough for a test.
Sac::Params quick_params() {
  Sac::Params params;
  params.replay.steps_per_iteration = 500;
  params.replay.random_steps = params.replay.warmup_steps = 200;
  params.replay.batch_size = 64;
  params.critic_hidden = {32, 32};
  params.actor_step_size = params.critic_step_size = params.temperature_step_size = 3e-3;
  params.tau = 0.02;
  params.discount = 0.9;
  return params;
}

// Mean and standard deviation of the actions at the only observation of toys::Target.
std::pair<double, double> actions_at_one(const Policy& policy) {
  constexpr Index n = 4000;
  std::vector<Rng> streams;
  for (Index j = 0; j < n; ++j) streams.push_back(Rng(8).fork(std::uint64_t(j)));
  MatrixF memory(0, n), actions(1, n);
  Workspace workspace;
  policy.act(ActMode::kExplore, MatrixF::Ones(1, n), memory, streams, actions, workspace);
  const Vector a = actions.row(0).transpose().cast<double>();
  return {a.mean(), std::sqrt((a.array() - a.mean()).square().mean())};
}

}  // namespace

TEST_CASE("sac keeps the algorithm contract", "[algorithm]") {
  const auto make = [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    return make_sac(small_params(), task, rng);
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>(), 4);
}

TEST_CASE("sac acts uniformly first and learns when it has enough", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  Sac::Params params = small_params();
  params.replay.warmup_steps = 100;
  const auto sac = make_sac(params, trial.spec(), Rng(1));
  const VectorF before = sac->policy().params();
  const Metrics first = trial.iterate(*sac);
  CHECK(sac->policy().params() == before);
  CHECK(first.at("replay_size") == 60);
  CHECK(first.at("temperature") == 1);
  CHECK(first.count("critic_loss") == 0);
  const Metrics second = trial.iterate(*sac);
  CHECK_FALSE(sac->policy().params() == before);
  CHECK(second.count("critic_loss") == 1);
}

TEST_CASE("at a fixed temperature the policy is the Boltzmann distribution of the reward",
          "[algorithm]") {
  // Reward -(a - 1/2)^2: density exp(-(a - 1/2)^2 / alpha), variance alpha / 2.
  support::Trial trial(toys::factory<toys::Target>());
  Sac::Params params = quick_params();
  params.learn_temperature = false;
  params.initial_temperature = 0.02;
  const auto sac = make_sac(params, trial.spec(), Rng(2), {32, 32});
  trial.iterate(*sac, 6);
  const auto [mean, std] = actions_at_one(sac->policy());
  CHECK(mean == Approx(0.5).margin(0.05));
  CHECK(std == Approx(0.1).epsilon(0.25));
  CHECK(sac->temperature() == Approx(0.02));
}

TEST_CASE("the temperature brings the entropy to its target", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Target>());
  const auto sac = make_sac(quick_params(), trial.spec(), Rng(3), {32, 32});
  trial.iterate(*sac, 7);
  const Metrics metrics = trial.iterate(*sac);
  CHECK(metrics.at("entropy") == Approx(-1).margin(0.15));
  CHECK(metrics.at("temperature") < 0.2);
}

TEST_CASE("entropy below its target raises the temperature, above lowers it", "[algorithm]") {
  for (const double target : {3.0, -30.0}) {
    support::Trial trial(toys::factory<toys::Regulator>());
    Sac::Params params = small_params();
    params.target_entropy_per_action = target;
    const auto sac = make_sac(params, trial.spec(), Rng(1));
    trial.iterate(*sac);
    CHECK((sac->temperature() > 1) == (target > 0));
  }
}

TEST_CASE("sac refuses settings that cannot work", "[algorithm]") {
  Sac::Params params;
  params.replay.warmup_steps = params.replay.replay_capacity + 1;
  CHECK_THROWS_AS(params.check(), UserError);
}

TEST_CASE("sac solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  const auto sac = make_sac(quick_params(), trial.spec(), Rng(5), {32, 32});
  trial.iterate(*sac, 8);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, sac->policy()) > best + 0.1 * (idle - best));
}
