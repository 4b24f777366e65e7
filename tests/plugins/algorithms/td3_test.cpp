#include "../../../plugins/algorithms/td3/td3.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::Td3;

namespace {

constexpr Index kBatch = 70;  // two parts
const EnvSpec kTask{.observation = unbounded(4), .action = box(2, -1, 3), .horizon = 10};

Td3::Params small_params() {
  Td3::Params params;
  params.replay.steps_per_iteration = 60;
  params.replay.random_steps = 30;
  params.replay.warmup_steps = 40;
  params.replay.batch_size = kBatch;
  params.replay.replay_capacity = 150;  // is overwritten within the test
  params.critic_hidden = {16, 8};
  return params;
}

std::unique_ptr<Td3> make_td3(const Td3::Params& params, const EnvSpec& spec, const Rng& rng,
                              std::vector<std::int64_t> hidden = {16, 8}) {
  DeterministicMlp::Params policy;
  policy.hidden = std::move(hidden);
  return std::make_unique<Td3>(params,
                               std::make_unique<DeterministicMlp>(policy, spec, rng.fork("policy")),
                               spec, rng.fork("learner"));
}

void fill_batch(TransitionBatch& batch) {
  Rng rng(9);
  rng.fill_normal(batch.observations.reshaped());
  rng.fill_normal(batch.next_observations.reshaped());
  rng.fill_uniform(batch.actions.reshaped(), -1, 3);
  rng.fill_normal(batch.rewards);
  for (Index j = 0; j < kBatch; ++j) batch.terminated(j) = j % 5 == 0 ? 1.0F : 0.0F;
}

MatrixF run(const nn::Mlp& network, const VectorF& params, const MatrixF& x) {
  MatrixF out(network.shape().outputs, x.cols());
  const MatrixF none;
  Workspace workspace;
  network.infer(params, x, none, out, workspace);
  return out;
}

}  // namespace

TEST_CASE("td3 keeps the algorithm contract", "[algorithm]") {
  for (const std::int64_t n_envs : {1, 3}) {
    const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
      auto params = small_params();
      params.replay.n_envs = n_envs;
      return make_td3(params, task, rng);
    };
    contracts::check_algorithm(make, toys::factory<toys::Regulator>(), 4);
  }
}

TEST_CASE("targets of td3 take the smaller of two critics", "[algorithm]") {
  Td3::Params params = small_params();
  params.target_noise = 0;
  const auto td3 = make_td3(params, kTask, Rng(1));
  TransitionBatch& batch = td3->batch();
  fill_batch(batch);

  MatrixF x(6, kBatch);
  x << batch.next_observations,
      run(td3->actor().network(), td3->actor().target(), batch.next_observations);
  const MatrixF q0 = run(td3->critic(0).network(), td3->critic(0).target(), x);
  const MatrixF q1 = run(td3->critic(1).network(), td3->critic(1).target(), x);
  Rng rng(1);
  td3->update(rng);
  for (Index j = 0; j < kBatch; ++j) {
    const double next = j % 5 == 0 ? 0 : 0.99 * std::min(q0(0, j), q1(0, j));
    CHECK(td3->targets()(j) == Approx(batch.rewards(j) + next).epsilon(1e-4).margin(1e-5));
  }
  CHECK((q0.array() < q1.array()).any());
  CHECK((q0.array() > q1.array()).any());
}

TEST_CASE("target actions have bounded noise of their own for each sample", "[algorithm]") {
  // All samples alike, so that targets differ by the noise alone.
  const auto spread = [](double noise, double clip) {
    Td3::Params params = small_params();
    params.target_noise = noise;
    params.target_noise_clip = clip;
    const auto td3 = make_td3(params, kTask, Rng(1));
    fill_batch(td3->batch());
    td3->batch().next_observations.colwise() = VectorF::Ones(4).eval();
    td3->batch().rewards.setZero();
    td3->batch().terminated.setZero();
    Rng rng(1);
    td3->update(rng);
    const VectorF& y = td3->targets();
    return double{y.maxCoeff() - y.minCoeff()};
  };
  CHECK(spread(0, 0.5) < 1e-6);
  const double free = spread(0.2, 0.5), clipped = spread(0.2, 0.01);
  CHECK(free > 1e-4);
  CHECK(clipped > 1e-6);
  CHECK(clipped < 0.2 * free);
}

TEST_CASE("actor and targets move with every second update", "[algorithm]") {
  const auto td3 = make_td3(small_params(), kTask, Rng(1));
  fill_batch(td3->batch());
  Rng rng(1);
  for (int k = 1; k <= 5; ++k) {
    const VectorF actor = td3->actor().params(), actor_target = td3->actor().target();
    const std::array critics = {td3->critic(0).params(), td3->critic(1).params()};
    const std::array targets = {td3->critic(0).target(), td3->critic(1).target()};
    td3->update(rng);
    const bool moves = k % 2 == 0;
    CHECK((td3->actor().params() != actor) == moves);
    CHECK((td3->actor().target() != actor_target) == moves);
    for (const std::size_t i : {0U, 1U}) {
      CHECK(td3->critic(i).params() != critics[i]);
      CHECK((td3->critic(i).target() != targets[i]) == moves);
      if (!moves) continue;
      const VectorF expected = targets[i] + 0.005F * (td3->critic(i).params() - targets[i]);
      CHECK((td3->critic(i).target() - expected).norm() <= 1e-6F * expected.norm());
    }
  }
}

TEST_CASE("a small step of the actor raises the first critic's mean value", "[algorithm]") {
  Td3::Params params = small_params();
  params.policy_delay = 1;
  params.critic_step_size = 1e-12;
  params.actor_step_size = 1e-4;
  const auto td3 = make_td3(params, kTask, Rng(1));
  fill_batch(td3->batch());
  const auto value = [&] {
    MatrixF x(6, kBatch);
    x << td3->batch().observations,
        run(td3->actor().network(), td3->actor().params(), td3->batch().observations);
    return run(td3->critic(0).network(), td3->critic(0).params(), x).cast<double>().mean();
  };
  Rng rng(1);
  for (int i = 0; i < 5; ++i) {
    const double before = value();
    td3->update(rng);
    CHECK(value() > before);
  }
}

TEST_CASE("td3 refuses settings that cannot work", "[algorithm]") {
  Td3::Params params;
  params.replay.warmup_steps = params.replay.replay_capacity + 1;
  CHECK_THROWS_AS(params.check(), UserError);
  const EnvSpec discrete{.observation = unbounded(4), .action = Discrete{2}, .horizon = 10};
  CHECK_THROWS_AS(make_td3({}, discrete, Rng(1)), UserError);
}

TEST_CASE("td3 solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  Td3::Params params;
  params.replay.steps_per_iteration = 500;
  params.replay.random_steps = params.replay.warmup_steps = 200;
  params.replay.batch_size = 64;
  params.critic_hidden = {32, 32};
  params.actor_step_size = params.critic_step_size = 3e-3;
  params.tau = 0.02;
  params.discount = 0.9;
  const auto td3 = make_td3(params, trial.spec(), Rng(5), {32, 32});
  trial.iterate(*td3, 8);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, td3->policy()) > best + 0.1 * (idle - best));
}

TEST_CASE("td3 sees choices one-hot", "[algorithm]") {
  support::check_sees_one_hot(
      [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
        return make_td3(small_params(), task, rng);
      });
}
