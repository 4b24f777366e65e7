#include "../../../plugins/algorithms/ddpg/ddpg.cpp"

#include "support.hpp"
#include "support/allocations.hpp"

using namespace rlrun;
using algorithms::Ddpg;
using algorithms::OuNoise;
using algorithms::polyak;

namespace {

Ddpg::Params small_params() {
  Ddpg::Params params;
  params.steps_per_iteration = 60;
  params.warmup_steps = 40;
  params.batch_size = 16;
  params.replay_capacity = 150;  // is overwritten within the test
  params.critic_hidden = {16, 8};
  return params;
}

std::unique_ptr<Ddpg> make_ddpg(const Ddpg::Params& params, const EnvSpec& spec, const Rng& rng,
                                std::vector<std::int64_t> hidden = {16, 8}) {
  DeterministicMlp::Params policy;
  policy.hidden = std::move(hidden);
  return std::make_unique<Ddpg>(
      params, std::make_unique<DeterministicMlp>(policy, spec, rng.fork("policy")), spec,
      rng.fork("learner"));
}

}  // namespace

TEST_CASE("ddpg keeps the algorithm contract", "[algorithm]") {
  for (const std::int64_t n_envs : {1, 3}) {
    const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
      auto params = small_params();
      params.n_envs = n_envs;
      return make_ddpg(params, task, rng);
    };
    contracts::check_algorithm(make, toys::factory<toys::Regulator>(), 4);
  }
}

TEST_CASE("the exploration noise has its stationary spread and memory", "[algorithm]") {
  OuNoise noise{0.15, 0.2, Matrix::Zero(1, 2)};
  Rng rng(3);
  for (int i = 0; i < 200; ++i) noise.step(1, rng);
  CHECK(noise.x(0, 0) == 0);
  constexpr int kSteps = 200'000;
  double sum = 0, squares = 0, products = 0, last = noise.x(0, 1);
  for (int i = 0; i < kSteps; ++i) {
    noise.step(1, rng);
    const double x = noise.x(0, 1);
    sum += x;
    squares += x * x;
    products += x * last;
    last = x;
  }
  // sigma / sqrt(1 - (1 - theta)^2) = 1.898316 sigma; about 16,000 independent values
  CHECK(std::sqrt(squares / kSteps) == Approx(0.379663).epsilon(0.02));
  CHECK(products / squares == Approx(0.85).epsilon(0.01));
  CHECK(std::abs(sum / kSteps) < 0.02);
  noise.reset(1);
  CHECK(noise.x(0, 1) == 0);
}

TEST_CASE("target networks move by tau", "[algorithm]") {
  VectorF target = VectorF::Constant(5, 2);
  const VectorF online = VectorF::Constant(5, 4);
  polyak(target, online, 0.25);
  CHECK(target == VectorF::Constant(5, 2.5F));
  polyak(target, online, 1);
  CHECK(target == online);
}

TEST_CASE("an update of ddpg follows the gradients of its two losses", "[algorithm]") {
  constexpr Index kBatch = 16;
  const EnvSpec task{.observation = unbounded(4), .action = box(2, -1, 3), .horizon = 10};
  Ddpg::Params params = small_params();
  params.tau = 0.3;  // targets differ from what they follow
  params.discount = 0.9;
  params.critic_weight_decay = 0.05;
  params.actor_step_size = params.critic_step_size = 1e-2;
  const auto ddpg = make_ddpg(params, task, Rng(1));
  TransitionBatch& batch = ddpg->batch();
  Rng rng(9);
  rng.fill_normal(batch.observations.reshaped());
  rng.fill_normal(batch.next_observations.reshaped());
  rng.fill_uniform(batch.actions.reshaped(), -1, 3);
  rng.fill_normal(batch.rewards);
  for (Index j = 0; j < kBatch; ++j) batch.terminated(j) = j % 5 == 0 ? 1.0F : 0.0F;

  ddpg->update();
  const support::Saved before(*ddpg);
  ddpg->update();
  const support::Saved after(*ddpg);

  const nn::Mlp& actor = dynamic_cast<const DeterministicPolicy&>(ddpg->policy()).network();
  const nn::Mlp& critic = ddpg->critic_network();
  const auto act = [&](const VectorF& theta, const MatrixF& observations) {
    MatrixF actions(2, kBatch);
    Workspace workspace;
    actor.infer(theta, observations, MatrixF(), actions, workspace);
    return actions;
  };
  const auto value = [&](const VectorF& phi, const MatrixF& observations, const MatrixF& actions) {
    MatrixF values(1, kBatch);
    Workspace workspace;
    critic.infer(phi, observations, actions, values, workspace);
    return Vector(values.row(0).transpose().cast<double>());
  };

  // mean_i (y_i - Q(s_i, a_i))^2 + c/2 |W|^2, y_i = r_i + gamma (1 - terminated_i) Q'(s'_i, mu'(s'_i))
  const Vector next = value(before.vector("critic_target"), batch.next_observations,
                            act(before.vector("actor_target"), batch.next_observations));
  const Vector y = batch.rewards.cast<double>().array() +
                   0.9 * (1 - batch.terminated.cast<double>().array()) * next.array();
  CHECK(support::compare_gradient(
            support::gradient_of_step(before, after, 1), before.vector("critic"),
            [&](const VectorF& phi) {
              VectorF weights = phi;
              double penalty = 0;
              for (Index layer = 0; layer < critic.n_layers(); ++layer)
                penalty += double{critic.weights(weights, layer).squaredNorm()};
              return (y - value(phi, batch.observations, batch.actions)).squaredNorm() / kBatch +
                     0.05 / 2 * penalty;
            }) == "");

  // -mean_i Q(s_i, mu(s_i)), with the critic after its step
  CHECK(support::compare_gradient(support::gradient_of_step(before, after, 0),
                                  before.vector("actor"), [&](const VectorF& theta) {
                                    return -value(after.vector("critic"), batch.observations,
                                                  act(theta, batch.observations))
                                                .mean();
                                  }) == "");

  for (const std::string name : {"actor", "critic"}) {
    const VectorF was = before.vector(name + "_target");
    const VectorF expected = was + 0.3F * (after.vector(name) - was);
    CHECK((after.vector(name + "_target") - expected).norm() <= 1e-6F * expected.norm());
  }
}

TEST_CASE("nothing is learned before the warm-up is over", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  Ddpg::Params params = small_params();
  params.steps_per_iteration = 50;
  params.warmup_steps = 55;
  const auto ddpg = make_ddpg(params, trial.spec(), Rng(1));
  const VectorF before = ddpg->policy().params();
  const Metrics first = trial.iterate(*ddpg);
  CHECK(ddpg->policy().params() == before);
  // Two of fifty transitions ran out of time and are not kept.
  CHECK(first.at("replay_size") == 48);
  CHECK(first.count("critic_loss") == 0);
  const Metrics second = trial.iterate(*ddpg);
  CHECK_FALSE(ddpg->policy().params() == before);
  CHECK(second.count("critic_loss") == 1);

  params.store_time_limit_transitions = true;
  support::Trial other(toys::factory<toys::Regulator>());
  const auto keeping = make_ddpg(params, other.spec(), Rng(1));
  CHECK(other.iterate(*keeping).at("replay_size") == 50);
}

#if RLRUN_COUNTS_ALLOCATIONS
TEST_CASE("steps and updates of ddpg take nothing from the heap", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  Ddpg::Params params = small_params();
  params.steps_per_iteration = 1000;
  const auto ddpg = make_ddpg(params, trial.spec(), Rng(1));
  trial.iterate(*ddpg);
  const long taken = support::count_allocations([&] { trial.iterate(*ddpg); });
  // The metrics of an iteration, and the log of fifty episodes as it grows.
  CHECK(taken > 0);
  CHECK(taken < 50);
}
#endif

TEST_CASE("ddpg refuses settings that cannot work", "[algorithm]") {
  Ddpg::Params params;
  params.critic_hidden = {};
  CHECK_THROWS_AS(params.check(), UserError);
  params = {};
  params.warmup_steps = params.replay_capacity + 1;
  CHECK_THROWS_AS(params.check(), UserError);
}

TEST_CASE("ddpg solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  Ddpg::Params params;
  params.steps_per_iteration = 1000;
  params.warmup_steps = 500;
  params.critic_hidden = {32, 32};
  params.actor_step_size = 1e-3;
  params.critic_weight_decay = 0;
  params.discount = 0.9;
  params.reward_scale = 1;
  params.tau = 0.01;
  const auto ddpg = make_ddpg(params, trial.spec(), Rng(5), {32, 32});
  trial.iterate(*ddpg, 6);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, ddpg->policy()) > best + 0.1 * (idle - best));
}

TEST_CASE("ddpg sees choices one-hot", "[algorithm]") {
  support::check_sees_one_hot(
      [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
        return make_ddpg(small_params(), task, rng);
      });
}
