// Every network below every distribution: gradients and Fisher products along sequences.

#include <cmath>
#include <memory>

#include <catch2/catch.hpp>

#include "rlrun/parallel.hpp"
#include "rlrun/policies/categorical_policy.hpp"
#include "rlrun/policies/gaussian_policy.hpp"

#include "contracts/policy_contract.hpp"

using namespace rlrun;

namespace {

enum class Head { kGaussian, kCategorical, kMultiCategorical };

EnvSpec spec_of(Head head, bool picture) {
  EnvSpec spec{.observation = unbounded(picture ? 50 : 3), .action = unbounded(2), .horizon = 100};
  if (picture) std::get<Box>(spec.observation).shape = {2, 5, 5};
  if (head == Head::kCategorical) spec.action = Discrete{3};
  if (head == Head::kMultiCategorical) spec.action = MultiDiscrete{{2, 4}};
  return spec;
}

std::unique_ptr<StochasticPolicy> make(Head head, const std::string& network, bool picture,
                                       const EnvSpec& spec) {
  const auto fill = [&](NetworkParams& params) {
    params.network = network;
    params.hidden = {5, 4};
    params.convolution = picture ? "small" : "none";
    params.init = "glorot";  // outputs that differ enough for finite differences
  };
  if (head == Head::kGaussian) {
    GaussianPolicy::Params params;
    fill(params);
    return std::make_unique<GaussianPolicy>(params, spec, Rng(1));
  }
  CategoricalPolicy::Params params;
  fill(params);
  return std::make_unique<CategoricalPolicy>(params, spec, Rng(1));
}

// Three sequences of unequal length, the second goes on from something remembered.
struct Sequences {
  Sequences(const StochasticPolicy& policy, const EnvSpec& spec)
      : observations(contracts::random_columns(spec.obs_dim(), 12, Rng(2))),
        starts{0, 1, 6},
        memory(MatrixF::Zero(policy.memory_size(), 3)),
        weights(Vector::LinSpaced(12, -1, 2)) {
    if (memory.rows() > 0)
      memory.col(1) = 0.5F * contracts::random_columns(memory.rows(), 1, Rng(3)).cwiseAbs();
    actions =
        contracts::act(policy, spec, ActMode::kExplore, observations, contracts::streams(12, 4));
  }
  [[nodiscard]] nn::Steps steps() const { return {observations, starts, memory}; }

  MatrixF observations, actions;
  std::vector<Index> starts;
  MatrixF memory;
  Vector weights;
};

double weighted_log_prob(StochasticPolicy& policy, const VectorF& params, const Sequences& batch) {
  policy.set_params(params);
  return policy.head()
      .log_prob(policy.distribution(batch.steps()), batch.actions)
      .dot(batch.weights);
}

template <class Check>
void for_each_policy(const Check& check) {
  for (const Head head : {Head::kGaussian, Head::kCategorical, Head::kMultiCategorical})
    for (const bool picture : {false, true})
      for (const char* network : {"mlp", "lstm", "gru"}) {
        INFO("head " << static_cast<int>(head) << ", " << network << (picture ? ", picture" : ""));
        const EnvSpec spec = spec_of(head, picture);
        const auto policy = make(head, network, picture, spec);
        check(*policy, spec);
      }
}

}  // namespace

TEST_CASE("gradients along sequences are those of finite differences", "[network_policy]") {
  for_each_policy([](StochasticPolicy& policy, const EnvSpec& spec) {
    const Sequences batch(policy, spec);
    const VectorF params = policy.params();
    const VectorF gradient = policy.grad_log_prob(batch.steps(), batch.actions, batch.weights);
    for (std::uint64_t i = 0; i < 3; ++i) {
      const VectorF direction =
          contracts::random_columns(params.size(), 1, Rng(5).fork(i)).normalized();
      const float h = 5e-3F;  // small steps: pictures pass rectifiers
      const double difference = (weighted_log_prob(policy, params + h * direction, batch) -
                                 weighted_log_prob(policy, params - h * direction, batch)) /
                                (2 * double{h});
      const double slope = gradient.cast<double>().dot(direction.cast<double>());
      CHECK(slope == Approx(difference).epsilon(0.02).margin(2e-3 * gradient.norm()));
    }
    policy.set_params(params);
  });
}

TEST_CASE("Fisher products along sequences are the curvature of the divergence",
          "[network_policy]") {
  for_each_policy([](StochasticPolicy& policy, const EnvSpec& spec) {
    const Sequences batch(policy, spec);
    const VectorF params = policy.params();
    const auto fisher = policy.fisher(batch.steps());
    const MatrixF before = policy.distribution(batch.steps());
    const VectorF u = contracts::random_columns(params.size(), 1, Rng(6)).normalized();
    const VectorF v = contracts::random_columns(params.size(), 1, Rng(7)).normalized();
    const VectorF product = (*fisher)(v);
    CHECK(u.dot(product) == Approx(v.dot((*fisher)(u))).epsilon(1e-3).margin(1e-5));
    const float h = 0.02F;
    double both = 0;
    for (const float sign : {1.0F, -1.0F}) {
      policy.set_params(params + sign * h * v);
      both += policy.head().mean_kl(before, policy.distribution(batch.steps()));
    }
    CHECK(both / double{h * h} == Approx(double{v.dot(product)}).epsilon(0.03).margin(1e-4));
    policy.set_params(params);
  });
}

TEST_CASE("a sequence is what acting step by step would be, to the bit", "[network_policy]") {
  for_each_policy([](StochasticPolicy& policy, const EnvSpec& spec) {
    const Sequences batch(policy, spec);
    const MatrixF whole = policy.distribution(batch.steps());
    // Each sequence cut after its second step and continued from what was remembered.
    const Index outputs = policy.head().n_outputs();
    MatrixF memory = batch.memory.col(1);
    Workspace workspace;
    std::vector<Rng> rngs = contracts::streams(1, 1);
    for (Index t = 1; t < 6; ++t) {
      const MatrixF observation = batch.observations.col(t);
      MatrixF action(spec.action_dim(), 1);
      const MatrixF before = memory;
      policy.act({ActMode::kGreedy, observation, memory, rngs}, action, workspace);
      const std::vector<Index> start = {0};
      const MatrixF alone = policy.distribution(nn::Steps(observation, start, before));
      CHECK(alone.topRows(outputs) == whole.col(t).head(outputs));
      if (outputs == action.rows()) CHECK(action == alone.topRows(outputs));
    }
  });
}

TEST_CASE("batch gradients do not depend on the threads", "[network_policy]") {
  const EnvSpec spec = spec_of(Head::kGaussian, false);
  const auto policy = make(Head::kGaussian, "lstm", false, spec);
  const MatrixF observations = contracts::random_columns(spec.obs_dim(), 3000, Rng(2));
  const MatrixF actions =
      contracts::act(*policy, spec, ActMode::kExplore, observations, contracts::streams(3000, 4));
  std::vector<Index> starts;
  for (Index start = 0; start < 3000; start += 7 + start % 200) starts.push_back(start);
  const nn::Steps steps(observations, starts);
  const Vector weights = Vector::Ones(3000);
  set_thread_count(1);
  const VectorF one = policy->grad_log_prob(steps, actions, weights);
  const VectorF direction = VectorF::Ones(one.size());
  const VectorF product = (*policy->fisher(steps))(direction);
  for (const int threads : {2, 3}) {
    set_thread_count(threads);
    CHECK(policy->grad_log_prob(steps, actions, weights) == one);
    CHECK((*policy->fisher(steps))(direction) == product);
  }
  set_thread_count(1);
}

TEST_CASE("networks and distributions that do not fit a task are refused by name",
          "[network_policy]") {
  const EnvSpec vector = spec_of(Head::kGaussian, false);
  const auto refused = [](const auto& make_it) {
    try {
      make_it();
    } catch (const UserError& error) {
      CHECK(error.code() == ExitCode::kConfig);
      return std::string(error.what());
    }
    return std::string("nothing was refused");
  };
  GaussianPolicy::Params conv;
  conv.convolution = "nature";
  CHECK(refused([&] { GaussianPolicy(conv, vector, Rng(1)); }) ==
        "convolution \"nature\" needs observations with a shape (channels, height, width), but the "
        "task's are a vector of 3 numbers; \"convolution\": \"none\" fits");
  CHECK(refused([&] { CategoricalPolicy({}, vector, Rng(1)); }).find("gaussian fits") !=
        std::string::npos);
  CHECK(refused([&] {
          GaussianPolicy({}, spec_of(Head::kMultiCategorical, false), Rng(1));
        }).find("categorical fits choices") != std::string::npos);
  GaussianPolicy::Params recurrent;
  recurrent.network = "lstm";
  recurrent.hidden = {};
  CHECK(refused([&] { GaussianPolicy(recurrent, vector, Rng(1)); }) ==
        "network \"lstm\" needs the width of its layer in \"hidden\"");
}

TEST_CASE("network policies keep the laws of policies", "[network_policy]") {
  for (const Head head : {Head::kGaussian, Head::kCategorical, Head::kMultiCategorical})
    for (const char* network : {"mlp", "lstm", "gru"})
      for (const bool picture : {false, true}) {
        const EnvSpec spec = spec_of(head, picture);
        contracts::check_policy(
            spec, [&] { return make(head, network, picture, spec); }, /*inside_box=*/false);
      }
}
