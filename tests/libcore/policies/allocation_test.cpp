// Acting and learning in the inner loops takes nothing from the heap once its scratch has grown.

#include <catch2/catch.hpp>

#include "rlrun/nn/adam.hpp"
#include "rlrun/nn/learner.hpp"
#include "rlrun/policies/bounded_gaussian_mlp.hpp"
#include "rlrun/policies/categorical_mlp.hpp"
#include "rlrun/policies/deterministic_mlp.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"
#include "rlrun/policies/squashed_gaussian_mlp.hpp"
#include "rlrun/policies/uniform.hpp"

#include "contracts/policy_contract.hpp"
#include "support/allocations.hpp"

using namespace rlrun;
using support::count_allocations;

namespace {

void check_act(const Policy& policy, const EnvSpec& spec) {
  Workspace workspace;
  for (const Index n : {200, 1, 4, 5, 10, 64}) {  // the widest first, that the scratch has grown
    const MatrixF observations = contracts::observations_of(spec, n, Rng(1));
    MatrixF memory(0, n), actions(spec.action_dim(), n);
    std::vector<Rng> streams = contracts::streams(n, 1);
    const auto act = [&] {
      policy.act({ActMode::kExplore, observations, memory, streams}, actions, workspace);
      policy.act({ActMode::kGreedy, observations, memory, streams}, actions, workspace);
    };
    if (n == 200) act();
    CHECK(count_allocations(act) == 0);
  }
}

}  // namespace

TEST_CASE("the count of allocations counts", "[allocation]") {
  const long n = count_allocations([] {
    const MatrixF matrix = MatrixF::Random(10, 10);
    CHECK(matrix.size() == 100);
  });
  if (RLRUN_COUNTS_ALLOCATIONS) CHECK(n > 0);
}

TEST_CASE("acting allocates nothing after the first time", "[allocation]") {
  const EnvSpec continuous{.observation = unbounded(17), .action = box(6, -1, 2), .horizon = 10};
  const EnvSpec discrete{.observation = unbounded(17), .action = Discrete{5}, .horizon = 10};
  check_act(GaussianMlp({}, continuous, Rng(1)), continuous);
  check_act(DeterministicMlp({}, continuous, Rng(1)), continuous);
  check_act(BoundedGaussianMlp({}, continuous, Rng(1)), continuous);
  check_act(SquashedGaussianMlp({}, continuous, Rng(1)), continuous);
  check_act(Uniform({}, continuous, Rng(1)), continuous);
  check_act(CategoricalMlp({}, discrete, Rng(1)), discrete);
  const EnvSpec choices{.observation = Discrete{16}, .action = Discrete{4}, .horizon = 10};
  check_act(CategoricalMlp({}, choices, Rng(1)), choices);
}

TEST_CASE("an update of a critic allocates nothing after the first time", "[allocation]") {
  nn::MlpShape shape;
  shape.inputs = 17;
  shape.hidden = {400, 300};
  shape.outputs = 1;
  shape.late_inputs = 6;
  shape.hidden_activation = nn::Activation::kRelu;
  const nn::Mlp critic(shape);
  VectorF params(critic.n_params()), gradient(critic.n_params());
  nn::init_fan_in_uniform(critic, params, Rng(1));
  nn::Adam adam(critic.n_params());
  nn::Tape tape;
  const Index n = 300;
  const MatrixF x = contracts::random_columns(17, n, Rng(2));
  const MatrixF late = contracts::random_columns(6, n, Rng(3));
  const MatrixF g = contracts::random_columns(1, n, Rng(4));
  MatrixF grad_x(17, n), grad_late(6, n), tangent(1, n);
  const auto update = [&](Index cols) {
    gradient.setZero();
    (void)critic.forward(params, x.leftCols(cols), late.leftCols(cols), tape);
    critic.backward(params, tape, g.leftCols(cols), gradient, grad_x.leftCols(cols),
                    grad_late.leftCols(cols));
    critic.backward(params, tape, g.leftCols(cols), gradient);
    critic.jvp(params, params, tape, tangent.leftCols(cols));
    adam.step(params, gradient, 1e-4);
  };
  update(n);
  for (const Index cols : {n, Index{64}, Index{1}})
    CHECK(count_allocations([&] { update(cols); }) == 0);
}

namespace {

template <class Mlp>
void check_pass(const EnvSpec& spec) {
  typename Mlp::Params params;
  params.normalize_observations = true;
  const Mlp policy(params, spec, Rng(1));
  const MatrixF observations = contracts::random_columns(spec.obs_dim(), 32, Rng(2));
  const MatrixF actions =
      contracts::act(policy, spec, ActMode::kExplore, observations, contracts::streams(32, 3));
  const MatrixF old = policy.distribution(observations);
  Vector log_prob(32);
  VectorF gradient = VectorF::Zero(policy.params().size());
  PassScratch scratch;
  const auto pass = [&] {
    policy.add_gradient(
        observations,
        [&](MatrixFIn now, MatrixFOut slope) {
          policy.head().write_log_prob(now, actions, log_prob, scratch.workspace);
          policy.head().add_log_prob_gradient(now, actions, log_prob, slope, scratch.workspace);
          policy.head().add_entropy_gradient(now, 0.1, slope);
          policy.head().add_kl_gradient(old, now, 0.1, slope, scratch.workspace);
        },
        gradient, scratch);
  };
  pass();
  CHECK(count_allocations(pass) == 0);
}

}  // namespace

TEST_CASE("a pass over a part of a minibatch allocates nothing", "[allocation]") {
  check_pass<GaussianMlp>({unbounded(17), box(6, -1, 1), 100});
  check_pass<CategoricalMlp>({unbounded(17), Discrete{4}, 100});
}

TEST_CASE("an update by a learner allocates nothing", "[allocation]") {
  nn::MlpShape shape;
  shape.inputs = 23;
  shape.hidden = {256, 64};
  shape.outputs = 3;
  shape.hidden_activation = nn::Activation::kRelu;
  const nn::Mlp network(shape);
  VectorF params(network.n_params());
  nn::init_fan_in_uniform(network, params, Rng(1));
  nn::Learner learner(network, params, nn::Learner::Target::kCopy);
  nn::Pass pass(network, 100);
  pass.inputs(0, 100) = contracts::random_columns(23, 100, Rng(2));
  CHECK(count_allocations([&] {
          learner.forward_target(pass, 0, 100);
          learner.forward(pass, 0, 50);
          learner.forward(pass, 50, 50);
          pass.output_gradients(0, 100).setOnes();
          learner.backward(pass, 0, 50, nn::Learner::Inputs::kWanted);
          learner.backward(pass, 50, 50, nn::Learner::Inputs::kSkip);
          nn::descend({{learner, pass}}, 1e-3, 0.1);
        }) == 0);
}
