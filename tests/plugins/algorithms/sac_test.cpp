#include "../../../plugins/algorithms/sac/sac.cpp"

#include <numbers>

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
  const MatrixF ones = MatrixF::Ones(1, n);
  policy.act({ActMode::kExplore, ones, memory, streams}, actions, workspace);
  const Vector a = actions.row(0).transpose().cast<double>();
  return {a.mean(), std::sqrt((a.array() - a.mean()).square().mean())};
}

}  // namespace

TEST_CASE("sac keeps the algorithm contract", "[algorithm]") {
  for (const std::int64_t n_envs : {1, 3}) {
    const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
      auto params = small_params();
      params.replay.n_envs = n_envs;
      return make_sac(params, task, rng);
    };
    contracts::check_algorithm(make, toys::factory<toys::Regulator>(), 4);
  }
}

TEST_CASE("an update of sac follows the gradients of its losses", "[algorithm]") {
  constexpr Index kBatch = 70, kDim = 2;
  const EnvSpec task{.observation = unbounded(4), .action = box(kDim, -1, 1), .horizon = 10};
  Sac::Params params = small_params();
  params.tau = 0.3;  // targets differ from what they follow
  params.discount = 0.9;
  params.initial_temperature = 0.5;
  params.actor_step_size = params.critic_step_size = 1e-2;
  const auto sac = make_sac(params, task, Rng(1));
  TransitionBatch& batch = sac->batch();
  Rng rng(9);
  rng.fill_normal(batch.observations.reshaped());
  rng.fill_normal(batch.next_observations.reshaped());
  rng.fill_uniform(batch.actions.reshaped(), -1, 1);
  rng.fill_normal(batch.rewards);
  for (Index j = 0; j < kBatch; ++j) batch.terminated(j) = j % 5 == 0 ? 1.0F : 0.0F;

  Rng noise(3);
  sac->update(noise);
  const support::Saved before(*sac);
  const double alpha = double{sac->temperature()};
  Rng same = noise;
  sac->update(noise);
  const support::Saved after(*sac);
  MatrixF next_z(kDim, kBatch), z(kDim, kBatch);
  fill_standard_normal(same, next_z.reshaped());
  fill_standard_normal(same, z.reshaped());

  const nn::Mlp& actor = dynamic_cast<const SquashedGaussianMlp&>(sac->policy()).network();
  const nn::Mlp critic(nn::mlp_shape(4 + kDim, params.critic_hidden, 1, params.critic_activation));
  const auto run = [](const nn::Mlp& network, const VectorF& theta, const MatrixF& x) {
    MatrixF out(network.shape().outputs, x.cols());
    Workspace workspace;
    network.infer(theta, x, MatrixF(), out, workspace);
    return Matrix(out.cast<double>());
  };
  // a = tanh(m + exp(l) z) and log pi(a), column by column
  const auto act = [&](const VectorF& theta, const MatrixF& observations, const MatrixF& normal) {
    const Matrix out = run(actor, theta, observations);
    std::pair<MatrixF, Vector> result{MatrixF(kDim, kBatch), Vector::Zero(kBatch)};
    for (Index j = 0; j < kBatch; ++j)
      for (Index i = 0; i < kDim; ++i) {
        const double l = std::clamp(out(kDim + i, j), -20.0, 2.0), n = double{normal(i, j)};
        const double a = std::tanh(out(i, j) + std::exp(l) * n);
        result.first(i, j) = static_cast<float>(a);
        result.second(j) +=
            -n * n / 2 - l - 0.5 * std::log(2 * std::numbers::pi) - std::log1p(-a * a);
      }
    return result;
  };
  const auto value = [&](const VectorF& phi, const MatrixF& observations, const MatrixF& actions) {
    MatrixF x(4 + kDim, kBatch);
    x << observations, actions;
    return Vector(run(critic, phi, x).row(0).transpose());
  };

  // mean (Q_i(s, a) - y)^2, y = r + gamma (1 - terminated) (min_i Q'_i(s', a') - alpha log pi(a' | s'))
  const auto [next_actions, next_log_prob] =
      act(before.vector("params", 0), batch.next_observations, next_z);
  const Vector smaller =
      value(before.vector("target", 1), batch.next_observations, next_actions)
          .cwiseMin(value(before.vector("target", 2), batch.next_observations, next_actions));
  const Vector y =
      batch.rewards.cast<double>().array() + 0.9 * (1 - batch.terminated.cast<double>().array()) *
                                                 (smaller - alpha * next_log_prob).array();
  for (const std::size_t i : {1U, 2U})
    CHECK(support::compare_gradient(
              support::gradient_of_step(before, after, i), before.vector("params", i),
              [&](const VectorF& phi) {
                return (value(phi, batch.observations, batch.actions) - y).squaredNorm() / kBatch;
              }) == "");

  // mean (alpha log pi(a | s) - min_i Q_i(s, a)), with the critics after their step
  CHECK(support::compare_gradient(
            support::gradient_of_step(before, after, 0), before.vector("params", 0),
            [&](const VectorF& theta) {
              const auto [actions, log_prob] = act(theta, batch.observations, z);
              const Vector q =
                  value(after.vector("params", 1), batch.observations, actions)
                      .cwiseMin(value(after.vector("params", 2), batch.observations, actions));
              return (alpha * log_prob - q).mean();
            }) == "");
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

TEST_CASE("sac solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  const auto sac = make_sac(quick_params(), trial.spec(), Rng(5), {32, 32});
  trial.iterate(*sac, 8);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, sac->policy()) > best + 0.1 * (idle - best));
}

TEST_CASE("sac sees choices one-hot", "[algorithm]") {
  support::check_sees_one_hot(
      [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
        return make_sac(small_params(), task, rng);
      });
}
