#include "../../../plugins/algorithms/ddpg/ddpg.cpp"

#include <atomic>
#include <cstdlib>

#include "support.hpp"

using namespace rlrun;
using algorithms::Ddpg;
using algorithms::OuNoise;
using algorithms::polyak;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RLRUN_COUNT_ALLOCATIONS 1
#else
#define RLRUN_COUNT_ALLOCATIONS 0  // the sanitizers have their own malloc
#endif

namespace {
std::atomic<int> allocations{0};
}

#if RLRUN_COUNT_ALLOCATIONS
// In place of the C library's: operator new and Eigen end here.
extern "C" {
void* __libc_malloc(std::size_t size);  // NOLINT: the library's name
void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
}
#endif

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
  const auto make = [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    return make_ddpg(small_params(), task, rng);
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>(), 4);
}

TEST_CASE("the exploration noise has its stationary spread and memory", "[algorithm]") {
  OuNoise noise{0.15, 0.2, Vector::Zero(1)};
  Rng rng(3);
  for (int i = 0; i < 200; ++i) noise.next(rng);
  constexpr int kSteps = 200'000;
  double sum = 0, squares = 0, products = 0, last = noise.x(0);
  for (int i = 0; i < kSteps; ++i) {
    const double x = noise.next(rng)(0);
    sum += x;
    squares += x * x;
    products += x * last;
    last = x;
  }
  // sigma / sqrt(1 - (1 - theta)^2) = 1.898316 sigma; about 16,000 independent values
  CHECK(std::sqrt(squares / kSteps) == Approx(0.379663).epsilon(0.02));
  CHECK(products / squares == Approx(0.85).epsilon(0.01));
  CHECK(std::abs(sum / kSteps) < 0.02);
  noise.reset();
  CHECK(noise.x(0) == 0);
}

TEST_CASE("target networks move by tau", "[algorithm]") {
  VectorF target = VectorF::Constant(5, 2);
  const VectorF online = VectorF::Constant(5, 4);
  polyak(target, online, 0.25);
  CHECK(target == VectorF::Constant(5, 2.5F));
  polyak(target, online, 1);
  CHECK(target == online);
}

TEST_CASE("through a linear critic the actor's gradient is the critic's slope times the Jacobian",
          "[algorithm]") {
  // Q(s, a) = w (a1 + 2 a2), so that dQ/da = (w, 2 w) whatever the state.
  nn::MlpShape critic_shape;
  critic_shape.inputs = 3;
  critic_shape.hidden = {4};
  critic_shape.outputs = 1;
  critic_shape.late_inputs = 2;
  const nn::Mlp critic(critic_shape);
  VectorF critic_params = VectorF::Zero(critic.n_params());
  constexpr float kSlope = 0.7F;
  critic.weights(critic_params, 1)(0, 4) = kSlope;
  critic.weights(critic_params, 1)(0, 5) = 2 * kSlope;

  nn::MlpShape actor_shape;
  actor_shape.inputs = 3;
  actor_shape.hidden = {6};
  actor_shape.outputs = 2;
  actor_shape.output_activation = nn::Activation::kTanh;
  const nn::Mlp actor(actor_shape);
  VectorF actor_params(actor.n_params());
  nn::init_glorot_uniform(actor, actor_params, Rng(2));
  MatrixF states(3, 5);
  Rng rng(3);
  rng.fill_normal(states.reshaped());

  const MatrixF none;
  nn::Tape actor_tape, critic_tape;
  const auto actions = actor.forward(actor_params, states, none, actor_tape);
  critic.forward(critic_params, states, actions, critic_tape);
  MatrixF action_gradient(2, 5), no_x;
  VectorF no_gradient;
  critic.backward(critic_params, critic_tape, MatrixF::Ones(1, 5), no_gradient, no_x,
                  action_gradient);
  CHECK(action_gradient.row(0).isApproxToConstant(kSlope));
  CHECK(action_gradient.row(1).isApproxToConstant(2 * kSlope));

  VectorF gradient = VectorF::Zero(actor.n_params());
  actor.backward(actor_params, actor_tape, action_gradient, gradient);
  VectorF direction(actor.n_params());
  rng.fill_normal(direction);
  MatrixF change(2, 5);
  actor.jvp(actor_params, direction, actor_tape, change);
  const double expected = kSlope * (change.row(0).sum() + 2 * change.row(1).sum());
  CHECK(gradient.dot(direction) == Approx(expected).epsilon(1e-4));
}

TEST_CASE("the slope by the action alone equals that of a whole backward pass", "[algorithm]") {
  nn::MlpShape shape;
  shape.inputs = 5;
  shape.hidden = {33, 20, 9};
  shape.outputs = 1;
  shape.late_inputs = 3;
  const nn::Mlp critic(shape);
  VectorF params(critic.n_params());
  nn::init_glorot_uniform(critic, params, Rng(2));
  MatrixF states(5, 70), actions(3, 70);
  Rng rng(3);
  rng.fill_normal(states.reshaped());
  rng.fill_normal(actions.reshaped());
  nn::Tape tape;
  critic.forward(params, states, actions, tape);
  const MatrixF ones = MatrixF::Ones(1, 70);
  VectorF gradient = VectorF::Zero(params.size()), no_gradient;
  MatrixF whole(3, 70), alone(3, 70), no_x;
  critic.backward(params, tape, ones, gradient, no_x, whole);
  critic.backward(params, tape, ones, no_gradient, no_x, alone);
  CHECK((whole == alone));
  CHECK_FALSE(whole.isZero(0));
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

#if RLRUN_COUNT_ALLOCATIONS
TEST_CASE("steps and updates of ddpg take nothing from the heap", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  Ddpg::Params params = small_params();
  params.steps_per_iteration = 1000;
  const auto ddpg = make_ddpg(params, trial.spec(), Rng(1));
  trial.iterate(*ddpg);
  const int before = allocations;
  trial.iterate(*ddpg);
  // The metrics of an iteration, and the log of fifty episodes as it grows.
  CHECK(allocations - before > 0);
  CHECK(allocations - before < 50);
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
