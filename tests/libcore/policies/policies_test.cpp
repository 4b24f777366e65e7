#include <cmath>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/policies/categorical_mlp.hpp"
#include "rlrun/policies/deterministic_mlp.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"
#include "rlrun/policies/squashed_gaussian_mlp.hpp"
#include "rlrun/policies/uniform.hpp"

#include "contracts/policy_contract.hpp"

using namespace rlrun;

namespace {

EnvSpec task(Space action, Index obs_dim = 5) {
  return {.observation = unbounded(obs_dim), .action = std::move(action), .horizon = 100};
}

const EnvSpec kContinuous = task(box(3, -1, 1));
const EnvSpec kDiscrete = task(Discrete{4});

GaussianMlp gaussian(GaussianMlp::Params params = {}) {
  return {params, kContinuous, Rng(1)};
}

// A Gaussian distribution's column: means and then log standard deviations.
MatrixF normal(float mean, float std) {
  return Eigen::Vector2f(mean, std::log(std));
}

}  // namespace

TEST_CASE("the Gaussian policy keeps the policy contract", "[policy]") {
  for (const char* activation : {"tanh", "relu"}) {
    GaussianMlp::Params params;
    params.activation = activation;
    params.hidden = {20, 10};
    params.initial_std = 0.7;
    contracts::check_policy(
        kContinuous, [&] { return std::make_unique<GaussianMlp>(params, kContinuous, Rng(1)); },
        /*inside_box=*/false);
  }
}

TEST_CASE("the categorical policy keeps the policy contract", "[policy]") {
  CategoricalMlp::Params params;
  params.hidden = {20, 10};
  params.init = "glorot";
  contracts::check_policy(
      kDiscrete, [&] { return std::make_unique<CategoricalMlp>(params, kDiscrete, Rng(1)); });
}

TEST_CASE("the deterministic policy keeps the policy contract in any finite box", "[policy]") {
  const Box uneven{.low = VectorF{{-1.0F, 0.0F, -30.0F}}, .high = VectorF{{1.0F, 5.0F, -10.0F}}};
  for (const Box& actions : {box(3, -1, 1), uneven}) {
    const EnvSpec spec = task(actions);
    contracts::check_policy(spec, [&] {
      return std::make_unique<DeterministicMlp>(DeterministicMlp::Params{}, spec, Rng(1));
    });
    // Small output weights: actions start near the middle, and reach for the corners in the end.
    DeterministicMlp policy({}, spec, Rng(1));
    const MatrixF observations = contracts::random_columns(5, 30, Rng(2));
    const VectorF middle = (actions.low + actions.high) / 2,
                  half = (actions.high - actions.low) / 2;
    const auto reach = [&] {
      const MatrixF a =
          contracts::act(policy, spec, ActMode::kGreedy, observations, contracts::streams(30, 1));
      return ((a.colwise() - middle).array().colwise() / half.array()).abs().maxCoeff();
    };
    CHECK(reach() < 0.1F);
    policy.set_params(100 * policy.params());
    CHECK(reach() > 0.99F);
  }
}

TEST_CASE("the uniform policy keeps the policy contract in every space", "[policy]") {
  for (const Space& actions :
       {Space(box(2, -3, 0.5F)), Space(Discrete{3}), Space(MultiDiscrete{{2, 5}})}) {
    const EnvSpec spec = task(actions);
    contracts::check_policy(
        spec, [&] { return std::make_unique<Uniform>(Uniform::Params{}, spec, Rng(1)); });
    const MatrixF sample = contracts::act(Uniform({}, spec, Rng(1)), spec, ActMode::kExplore,
                                          MatrixF::Zero(5, 4000), contracts::streams(4000, 3));
    const VectorF mean = sample.rowwise().mean();
    if (std::holds_alternative<Box>(actions)) {
      CHECK(mean(0) == Approx(-1.25).margin(0.08));
      CHECK(sample.row(1).minCoeff() < -2.99F);
      CHECK(sample.row(1).maxCoeff() > 0.49F);
    } else if (std::holds_alternative<Discrete>(actions)) {
      for (const float k : {0.0F, 1.0F, 2.0F})
        CHECK((sample.array() == k).cast<float>().mean() == Approx(1.0 / 3).margin(0.03));
    } else {
      CHECK(mean(0) == Approx(0.5).margin(0.04));
      CHECK(mean(1) == Approx(2.0).margin(0.1));
      CHECK(sample.row(1).maxCoeff() == 4);
    }
  }
}

TEST_CASE("a policy that does not fit the task says what would", "[policy]") {
  CHECK_THROWS_WITH(
      GaussianMlp({}, kDiscrete, Rng(1)),
      "gaussian_mlp needs continuous actions (Box), but the task has one of 4 choices "
      "(Discrete); categorical_mlp fits one choice (Discrete)");
  CHECK_THROWS_WITH(CategoricalMlp({}, kContinuous, Rng(1)),
                    "categorical_mlp needs one choice as its action (Discrete), but the task has "
                    "bounded continuous actions (Box); gaussian_mlp fits continuous actions (Box)");
  CHECK_THROWS_AS(DeterministicMlp({}, task(unbounded(2)), Rng(1)), UserError);
  CHECK_THROWS_AS(DeterministicMlp({}, kDiscrete, Rng(1)), UserError);
  CHECK_THROWS_WITH(Uniform({}, task(unbounded(2)), Rng(1)),
                    "uniform needs bounded continuous actions (Box), but the task has unbounded "
                    "continuous actions (Box)");
}

TEST_CASE("Duan's cart-pole policy has 6852 parameters", "[policy]") {
  const EnvSpec cart_pole = task(box(1, -1, 1), 4);
  CHECK(GaussianMlp({}, cart_pole, Rng(1)).params().size() == 6852);
}

TEST_CASE("closed forms of the Gaussian", "[policy]") {
  const EnvSpec one = task(box(1, -1, 1));
  const GaussianMlp policy({}, one, Rng(1));
  // With the 1e-8 in the denominator, which costs 1e-8 of relative accuracy.
  CHECK(policy.head().mean_kl(normal(0, 1), normal(1, 2)) == Approx(0.4431471806).epsilon(1e-7));
  CHECK(policy.head().mean_kl(normal(1, 2), normal(0, 1)) == Approx(1.3068528194).epsilon(1e-7));
  CHECK(policy.head().mean_entropy(normal(3, 1)) == Approx(1.4189385332).epsilon(1e-9));
  CHECK(policy.head().mean_entropy(normal(3, 2)) ==
        Approx(1.4189385332 + std::log(2)).epsilon(1e-6));
  const MatrixF action = MatrixF::Constant(1, 1, 2);
  CHECK(policy.head().log_prob(normal(0, 1), action)(0) == Approx(-0.9189385332 - 2).epsilon(1e-9));
  CHECK(policy.head().log_prob(normal(0, 2), action)(0) ==
        Approx(-0.9189385332 - 0.5 - std::log(2)).epsilon(1e-6));
}

TEST_CASE("a Gaussian's actions have its mean and deviation", "[policy]") {
  GaussianMlp::Params params;
  params.initial_std = 0.3;
  const GaussianMlp policy = gaussian(params);
  const Index n = 20000;
  const MatrixF observations = contracts::random_columns(5, 1, Rng(5)).replicate(1, n);
  const MatrixF greedy =
      contracts::act(policy, kContinuous, ActMode::kGreedy, observations, contracts::streams(n, 1));
  CHECK(greedy == policy.distribution(observations).topRows(3));
  const MatrixF noise = contracts::act(policy, kContinuous, ActMode::kExplore, observations,
                                       contracts::streams(n, 1)) -
                        greedy;
  for (Index i = 0; i < 3; ++i) {
    CHECK(noise.row(i).mean() == Approx(0).margin(0.01));
    CHECK(std::sqrt(noise.row(i).squaredNorm() / n) == Approx(0.3).epsilon(0.02));
  }
}

TEST_CASE("a log standard deviation stops at log(1e-6) and has no gradient below", "[policy]") {
  GaussianMlp policy = gaussian();
  VectorF params = policy.params();
  const Index last = params.size() - 1;
  params(last) = -40;
  policy.set_params(params);
  CHECK(policy.params() == params);
  const MatrixF observations = contracts::random_columns(5, 10, Rng(5));
  const MatrixF distribution = policy.distribution(observations);
  CHECK(distribution(5, 0) == Approx(std::log(1e-6)));
  CHECK(distribution(4, 0) == 0);
  const MatrixF actions = contracts::random_columns(3, 10, Rng(6));
  const VectorF gradient = policy.grad_log_prob(observations, actions, Vector::Ones(10));
  CHECK(gradient(last) == 0);
  CHECK(gradient(last - 1) != 0);
  const VectorF product = (*policy.fisher(observations))(VectorF::Ones(params.size()));
  CHECK(product(last) == 0);
  CHECK(product(last - 1) == 2);
}

TEST_CASE("closed forms of the categorical policy", "[policy]") {
  const CategoricalMlp policy({}, task(Discrete{2}), Rng(1));
  const MatrixF even = Eigen::Vector2f(3, 3), skewed = Eigen::Vector2f(std::log(3.0F), 0);
  CHECK(policy.head().mean_entropy(even) == Approx(std::log(2)));
  CHECK(policy.head().log_prob(skewed, MatrixF::Zero(1, 1))(0) == Approx(std::log(0.75)));
  CHECK(policy.head().log_prob(skewed, MatrixF::Ones(1, 1))(0) == Approx(std::log(0.25)));
  CHECK(policy.head().mean_kl(even, skewed) ==
        Approx(0.5 * std::log(0.5 / 0.75) + 0.5 * std::log(0.5 / 0.25)));
  // Logits too large for a plain exponential.
  CHECK(policy.head().log_prob(Eigen::Vector2f(1000, 0), MatrixF::Zero(1, 1))(0) == Approx(0));
}

TEST_CASE("choices are drawn with their probabilities, the greedy one is the likeliest",
          "[policy]") {
  CategoricalMlp::Params params;
  params.hidden = {};
  CategoricalMlp policy(params, kDiscrete, Rng(1));
  VectorF logits = VectorF::Zero(policy.params().size());
  logits.tail(4) = VectorF{{0.1F, 0.4F, 0.2F, 0.3F}}.array().log();  // biases only
  policy.set_params(logits);
  const Index n = 20000;
  const MatrixF observations = MatrixF::Zero(5, n);
  const MatrixF drawn =
      contracts::act(policy, kDiscrete, ActMode::kExplore, observations, contracts::streams(n, 1));
  for (const int k : {0, 1, 2, 3}) {
    const double expected = std::exp(double{logits.tail(4)(k)});
    CHECK((drawn.array() == static_cast<float>(k)).cast<double>().mean() ==
          Approx(expected).margin(0.015));
  }
  CHECK((contracts::act(policy, kDiscrete, ActMode::kGreedy, observations, contracts::streams(n, 1))
             .array() == 1)
            .all());
}

namespace {

// A policy that normalises against the same policy on observations that were normalised before.
template <class Mlp>
void check_normalization(const EnvSpec& spec) {
  typename Mlp::Params params;
  params.hidden = {20, 10};
  params.init = "glorot";
  const Mlp plain(params, spec, Rng(1));
  params.normalize_observations = true;
  Mlp scaled(params, spec, Rng(1));
  const Index d = spec.obs_dim(), n = plain.params().size();
  REQUIRE(scaled.params().size() == n + 2 * d);
  CHECK(scaled.params().head(n) == plain.params());
  CHECK(scaled.params().segment(n, d).isZero(0));
  CHECK(scaled.params().tail(d).isOnes(0));
  CHECK(scaled.normalizes());
  CHECK_FALSE(plain.normalizes());

  const VectorF shift = VectorF::LinSpaced(d, -1, 2), scale = VectorF::LinSpaced(d, 0.5F, 9);
  scaled.set_normalization(shift, scale);
  const MatrixF observations = contracts::random_columns(d, 700, Rng(2));
  const MatrixF seen = ((observations.colwise() - shift).array().colwise() * scale.array())
                           .cwiseMax(-10)
                           .cwiseMin(10);
  REQUIRE(seen.maxCoeff() == 10);
  MatrixF normalized(d, 700);
  scaled.input().apply(observations, normalized);
  CHECK(normalized == seen);

  // It comes along with the parameters, as in checkpoints and stored policies.
  Mlp restored(params, spec, Rng(5));
  restored.set_params(scaled.params());
  const MatrixF distribution = plain.distribution(seen);
  CHECK(restored.distribution(observations) == distribution);
  CHECK(dynamic_cast<const StochasticPolicy&>(*scaled.clone()).distribution(observations) ==
        distribution);

  const auto rngs = contracts::streams(700, 3);
  const MatrixF actions = contracts::act(plain, spec, ActMode::kExplore, seen, rngs);
  CHECK(contracts::act(scaled, spec, ActMode::kExplore, observations, rngs) == actions);

  // Gradients and Fisher products are those of the plain policy, and zero for the normalisation.
  const Vector weights = Vector::LinSpaced(700, -1, 1);
  const VectorF gradient = scaled.grad_log_prob(observations, actions, weights);
  CHECK(gradient.head(n) == plain.grad_log_prob(seen, actions, weights));
  CHECK(gradient.tail(2 * d).isZero(0));
  const VectorF v = contracts::random_columns(n + 2 * d, 1, Rng(4));
  const VectorF product = (*scaled.fisher(observations))(v);
  CHECK(product.head(n) == (*plain.fisher(seen))(v.head(n)));
  CHECK(product.tail(2 * d).isZero(0));
  VectorF of_pass = VectorF::Zero(n + 2 * d);
  PassScratch scratch;
  scaled.add_gradient(
      observations,
      [&](MatrixFIn now, MatrixFOut slope) {
        scaled.head().add_log_prob_gradient(now, actions, weights, slope, scratch.workspace);
      },
      of_pass, scratch);
  CHECK((of_pass - gradient).norm() < 1e-4F * gradient.norm());
  CHECK(of_pass.tail(2 * d).isZero(0));
}

}  // namespace

namespace {

// With choices as observations, which it sees one-hot, against the same policy that is given the
// indicators as numbers.
template <class Mlp>
void check_one_hot(const Space& action) {
  const EnvSpec choices{MultiDiscrete{{3, 2}}, action, 100}, numbers{unbounded(5), action, 100};
  typename Mlp::Params params;
  params.hidden = {20, 10};
  const Mlp policy(params, choices, Rng(1)), twin(params, numbers, Rng(1));
  REQUIRE(policy.params() == twin.params());
  const MatrixF observations = contracts::observations_of(choices, 90, Rng(2));
  MatrixF indicators = MatrixF::Zero(5, 90);
  for (Index j = 0; j < 90; ++j) {
    indicators(static_cast<Index>(observations(0, j)), j) = 1;
    indicators(3 + static_cast<Index>(observations(1, j)), j) = 1;
  }
  for (const ActMode mode : {ActMode::kExplore, ActMode::kGreedy})
    CHECK(contracts::act(policy, choices, mode, observations, contracts::streams(90, 1)) ==
          contracts::act(twin, numbers, mode, indicators, contracts::streams(90, 1)));
  if constexpr (std::is_base_of_v<StochasticPolicy, Mlp>) {
    CHECK(policy.distribution(observations) == twin.distribution(indicators));
    const MatrixF actions =
        contracts::act(policy, choices, ActMode::kExplore, observations, contracts::streams(90, 1));
    const Vector weights = Vector::LinSpaced(90, -1, 1);
    CHECK(policy.grad_log_prob(observations, actions, weights) ==
          twin.grad_log_prob(indicators, actions, weights));
    const VectorF v = contracts::random_columns(policy.params().size(), 1, Rng(4));
    CHECK((*policy.fisher(observations))(v) == (*twin.fisher(indicators))(v));
  }

  // The raw index, where it is asked for.
  params.observation_encoding = "raw";
  const Mlp raw(params, choices, Rng(1)), plain(params, {unbounded(2), action, 100}, Rng(1));
  CHECK(raw.params() == plain.params());
  CHECK(contracts::act(raw, choices, ActMode::kGreedy, observations, contracts::streams(90, 1)) ==
        contracts::act(plain, choices, ActMode::kGreedy, observations, contracts::streams(90, 1)));
}

}  // namespace

TEST_CASE("policies see choices one-hot", "[policy]") {
  check_one_hot<GaussianMlp>(box(3, -1, 1));
  check_one_hot<CategoricalMlp>(Discrete{4});
  check_one_hot<DeterministicMlp>(box(3, -1, 1));
  check_one_hot<SquashedGaussianMlp>(box(3, -1, 1));
}

TEST_CASE("policies keep their contract on choices", "[policy]") {
  const EnvSpec discrete{Discrete{16}, Discrete{4}, 100};
  CategoricalMlp::Params categorical;
  categorical.hidden = {10};
  categorical.init = "glorot";
  contracts::check_policy(
      discrete, [&] { return std::make_unique<CategoricalMlp>(categorical, discrete, Rng(1)); });
  const EnvSpec continuous{MultiDiscrete{{4, 3}}, box(2, -1, 1), 100};
  GaussianMlp::Params gaussian;
  gaussian.hidden = {10};
  contracts::check_policy(
      continuous, [&] { return std::make_unique<GaussianMlp>(gaussian, continuous, Rng(1)); },
      /*inside_box=*/false);
  contracts::check_policy(continuous, [&] {
    return std::make_unique<DeterministicMlp>(DeterministicMlp::Params{}, continuous, Rng(1));
  });
}

TEST_CASE("one-hot choices cannot be normalised", "[policy]") {
  CategoricalMlp::Params params;
  params.normalize_observations = true;
  const EnvSpec spec{Discrete{16}, Discrete{4}, 100};
  CHECK_THROWS_WITH(CategoricalMlp(params, spec, Rng(1)),
                    "normalize_observations is for numbers, but the task's observations are "
                    "choices, which networks see one-hot; \"observation_encoding\": \"raw\" makes "
                    "numbers of them");
  params.observation_encoding = "raw";
  CHECK(CategoricalMlp(params, spec, Rng(1)).normalizes());
}

TEST_CASE("normalisation of observations is part of the policy", "[policy]") {
  check_normalization<GaussianMlp>(kContinuous);
  check_normalization<CategoricalMlp>(kDiscrete);
}
