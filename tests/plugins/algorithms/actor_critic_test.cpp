#include "../../../plugins/algorithms/actor_critic/actor_critic.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::OneStepActorCritic;

namespace {

// Five states in a row, left or right by the sign of the action; +1 for leaving on the right. One
// entry of the observation for each state.
class RandomWalk final : public Env {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng /*rng*/, VectorFOut observation) override {
    state_ = 2;
    observe(observation);
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    state_ += action(0) > 0 ? 1 : -1;
    const bool left = state_<0, right = state_> 4;
    state_ = std::clamp(state_, 0, 4);
    observe(observation);
    return {.reward = right ? 1.0 : 0.0, .terminated = left || right};
  }

 private:
  void observe(VectorFOut observation) const {
    observation.setZero();
    observation(state_) = 1;
  }
  EnvSpec spec_{unbounded(5), Discrete{2}, 1000};
  int state_ = 2;
};

CategoricalMlp::Params tabular() {
  CategoricalMlp::Params shape;
  shape.hidden = {};
  return shape;
}

OneStepActorCritic make(const OneStepActorCritic::Params& params, const EnvSpec& spec) {
  return {params, std::make_unique<CategoricalMlp>(tabular(), spec, Rng(1)), spec, Rng(2)};
}

}  // namespace

TEST_CASE("actor_critic keeps the algorithm contract", "[algorithm]") {
  const double trace = GENERATE(0.0, 0.8);
  const auto make_one = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    OneStepActorCritic::Params params;
    params.steps_per_iteration = 50;
    params.policy_trace = params.value_trace = trace;
    params.value_hidden = {8};
    return support::with_gaussian<OneStepActorCritic>(params, task, rng);
  };
  contracts::check_algorithm(make_one, toys::factory<toys::Regulator>());
}

TEST_CASE("the values of a random walk are 1/6 to 5/6", "[algorithm]") {
  support::Trial trial(toys::factory<RandomWalk>());
  OneStepActorCritic::Params params;
  params.step_size = 0;  // a fixed policy, all but even
  params.discount = 1;
  params.value_trace = GENERATE(0.0, 0.7);
  params.steps_per_iteration = 5'000;
  params.value_step_size = 0.01;
  OneStepActorCritic learner = make(params, trial.spec());
  trial.iterate(learner);
  // The mean over time, since the values still move with every step.
  MatrixF mean = MatrixF::Zero(1, 5);
  const MatrixF states = MatrixF::Identity(5, 5);
  for (int i = 0; i < 20; ++i) {
    trial.iterate(learner);
    mean += learner.values(states) / 20;
  }
  for (int s = 0; s < 5; ++s) CHECK(double{mean(0, s)} == Approx((s + 1) / 6.0).margin(0.03));
}

TEST_CASE("with full traces an episode's updates are those of REINFORCE with a baseline",
          "[algorithm]") {
  // With a critic that stays at 0, the sum of delta z' over an episode is
  // sum_t grad log pi(a_t | s_t) G_t.
  support::Trial walk_trial(toys::factory<RandomWalk>());
  OneStepActorCritic::Params params;
  params.discount = 1;
  params.policy_trace = params.value_trace = 1;
  params.step_size = 1;
  params.value_step_size = 0;
  params.steps_per_iteration = 1;
  CategoricalMlp policy(tabular(), walk_trial.spec(), Rng(1));
  OneStepActorCritic learner(params, std::make_unique<CategoricalMlp>(policy), walk_trial.spec(),
                             Rng(2));
  // No reward but at the end: until then delta is 0 and nothing changes.
  Walk& walk = walk_trial.sampler().walk();
  for (int episode = 0; episode < 20; ++episode) {
    CategoricalMlp before = policy;
    before.set_params(learner.policy().params());
    VectorF sum = VectorF::Zero(policy.params().size());
    double total = 0;
    do {
      const VectorF observation = walk.observation();
      walk_trial.iterate(learner);
      const VectorF next = walk.next_observation();
      Index from = 0, to = 0;
      observation.maxCoeff(&from);
      next.maxCoeff(&to);
      // Leaving shows the same state again.
      const float action = to > from || (to == from && from == 4) ? 1.0F : 0.0F;
      sum += before.grad_log_prob(observation, MatrixF::Constant(1, 1, action), Vector::Ones(1));
      total = to == from && from == 4 ? 1 : 0;
    } while (!walk.at_start());
    const VectorF update = learner.policy().params() - before.params();
    CHECK((update - static_cast<float>(total) * sum).norm() < 1e-5F * (1 + sum.norm()));
  }
}

TEST_CASE("actor_critic learns to go right", "[algorithm]") {
  const EnvFactory env = toys::factory<RandomWalk>();
  support::Trial trial(env);
  OneStepActorCritic::Params params;
  params.step_size = 0.1;
  params.value_step_size = 0.1;
  params.steps_per_iteration = 5000;
  OneStepActorCritic learner = make(params, trial.spec());
  trial.iterate(learner);
  CHECK(toys::greedy_mean_return(env, learner.policy()) == 1);
}

TEST_CASE("actor_critic keeps the moments that observations are normalised with", "[algorithm]") {
  OneStepActorCritic::Params params;
  params.steps_per_iteration = 200;
  support::check_normalizes<OneStepActorCritic>(params);
}

TEST_CASE("actor_critic sees choices one-hot", "[algorithm]") {
  OneStepActorCritic::Params params;
  params.steps_per_iteration = 50;
  support::check_sees_one_hot(
      [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
        return support::with_gaussian<OneStepActorCritic>(params, task, rng);
      });
}
