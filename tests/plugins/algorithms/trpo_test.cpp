#include "../../../plugins/algorithms/trpo/trpo.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::Trpo;

namespace {

struct Setting {
  support::Trial trial{toys::factory<toys::Regulator>()};
  GaussianMlp policy;
  Samples samples;

  explicit Setting(double initial_std = 0.5)
      : policy(shape(initial_std), trial.spec(), Rng(8)),
        samples(flatten(trial.sampler().collect(policy, 4000), LinearFeatureBaseline(), {})) {}

  static GaussianMlp::Params shape(double initial_std) {
    GaussianMlp::Params params;
    params.hidden = {8};
    params.initial_std = initial_std;
    return params;
  }
  [[nodiscard]] Trpo trpo(const Trpo::Params& params) const {
    return {params, std::make_unique<GaussianMlp>(policy), trial.spec(), Rng(1)};
  }
};

}  // namespace

TEST_CASE("trpo keeps the algorithm contract", "[algorithm]") {
  const std::string on_failure = GENERATE("keep", "restore");
  const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    Trpo::Params params;
    params.batch_steps = 400;
    params.on_failed_search = on_failure;
    return support::with_gaussian<Trpo>(params, task, rng);
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>());
}

TEST_CASE("trpo keeps the algorithm contract with policies that remember", "[algorithm]") {
  support::check_remembers<Trpo>([] {
    Trpo::Params params;
    params.batch_steps = 400;
    return params;
  }());
}

TEST_CASE("the full step has a quadratic KL divergence of the bound", "[algorithm]") {
  Setting setting;
  Trpo::Params params;
  params.fisher_fraction = 1;
  params.max_kl = GENERATE(1e-3, 0.05);
  const Trpo trpo = setting.trpo(params);
  const VectorF step =
      trpo.full_step(setting.samples, trpo.old_policy(setting.samples).gradient, Rng(1));
  const auto fisher = setting.policy.fisher(setting.samples.observations);
  const double quadratic =
      0.5 * (inner_product(step, (*fisher)(step)) + params.damping * step.squaredNorm());
  CHECK(quadratic == Approx(params.max_kl).epsilon(1e-4));
}

TEST_CASE("the smaller the bound, the closer the measured KL divergence to its quadratic form",
          "[algorithm]") {
  Setting setting;
  Trpo::Params params;
  params.fisher_fraction = 1;
  params.damping = 1e-2;
  const MatrixF before = setting.policy.distribution(setting.samples.observations);
  const auto fisher = setting.policy.fisher(setting.samples.observations);
  double last = 1;
  for (const double max_kl : {1e-2, 1e-3, 1e-4, 1e-5}) {
    params.max_kl = max_kl;
    const Trpo trpo = setting.trpo(params);
    const VectorF step =
        trpo.full_step(setting.samples, trpo.old_policy(setting.samples).gradient, Rng(1));
    GaussianMlp moved = setting.policy;
    moved.set_params(setting.policy.params() + step);
    const double kl =
        moved.head().mean_kl(before, moved.distribution(setting.samples.observations));
    const double error = std::abs(kl / (0.5 * inner_product(step, (*fisher)(step))) - 1);
    CAPTURE(max_kl, error);
    CHECK(error < 0.5 * last);  // about 1 / sqrt(10)
    last = error;
  }
  CHECK(last < 0.02);
}

TEST_CASE("at the old parameters the surrogate's slope is the policy gradient", "[algorithm]") {
  Setting setting;
  const Trpo trpo = setting.trpo({});
  const Samples& samples = setting.samples;
  const Vector weights = samples.advantages / static_cast<double>(samples.size());
  const VectorF gradient =
      setting.policy.grad_log_prob(samples.observations, samples.actions, weights);
  const MatrixF distribution = setting.policy.distribution(samples.observations);
  const Vector old_log_prob = setting.policy.head().log_prob(distribution, samples.actions);

  const Trpo::OldPolicy old = trpo.old_policy(samples);
  CHECK(old.distribution == distribution);
  CHECK(old.log_prob == old_log_prob);
  CHECK((old.gradient - gradient).norm() < 1e-5 * gradient.norm());
  VectorF direction(gradient.size());
  Rng rng(4);
  rng.fill_normal(direction);
  const auto surrogate = [&](float distance) {
    GaussianMlp moved = setting.policy;
    moved.set_params(setting.policy.params() + distance * direction);
    return trpo.surrogate(samples, moved.distribution(samples.observations), old_log_prob);
  };
  CHECK(surrogate(0) == Approx(samples.advantages.mean()).margin(1e-6));
  const double slope = (surrogate(1e-3F) - surrogate(-1e-3F)) / 2e-3;
  CHECK(slope == Approx(inner_product(gradient, direction)).epsilon(0.01).margin(1e-3));
}

TEST_CASE("what trpo accepts improves the surrogate within the bound", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Regulator>());
  Trpo::Params params;
  params.batch_steps = 1000;
  params.max_kl = 0.02;
  params.fisher_fraction = 1;  // a tenth of so few steps leaves the matrix nearly singular
  params.damping = 1e-3;
  const auto trpo = support::with_gaussian<Trpo>(params, trial.spec(), Rng(3));
  for (int i = 0; i < 10; ++i) {
    const Metrics metrics = trial.iterate(*trpo);
    REQUIRE(metrics.at("backtracks") < 15);
    CHECK(metrics.at("kl") <= 0.02);
    CHECK(metrics.at("kl") > 0.001);
    CHECK(metrics.at("surrogate_improvement") > 0);
  }
}

TEST_CASE("a failed search keeps the last candidate or restores the old parameters",
          "[algorithm]") {
  // One candidate that is far too long never passes.
  support::Trial trial(toys::factory<toys::Regulator>());
  Trpo::Params params;
  params.batch_steps = 400;
  params.max_backtracks = 1;
  params.max_kl = 2;
  const std::string on_failure = GENERATE("keep", "restore");
  params.on_failed_search = on_failure;
  const auto trpo = support::with_gaussian<Trpo>(params, trial.spec(), Rng(3));
  const VectorF before = trpo->policy().params();
  const Metrics metrics = trial.iterate(*trpo);
  REQUIRE(metrics.at("backtracks") == 1);
  CHECK((trpo->policy().params() == before) == (on_failure == "restore"));
  CHECK((metrics.at("kl") == 0) == (on_failure == "restore"));
}

TEST_CASE("trpo leaves a policy alone when there is nothing to learn", "[algorithm]") {
  Setting setting;
  setting.samples.advantages.setZero();
  const Trpo trpo = setting.trpo({});
  const VectorF gradient = trpo.old_policy(setting.samples).gradient;
  CHECK(trpo.full_step(setting.samples, gradient, Rng(1)).isZero(0));
}

TEST_CASE("trpo solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  Trpo::Params params;
  params.batch_steps = 1000;
  params.max_kl = 0.05;
  params.fisher_fraction = 1;
  params.damping = 1e-3;
  const auto trpo = support::with_gaussian<Trpo>(params, trial.spec(), Rng(5), 0.5);
  trial.iterate(*trpo, 30);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, trpo->policy()) > best + 0.05 * (idle - best));
}

TEST_CASE("trpo keeps the moments that observations are normalised with", "[algorithm]") {
  Trpo::Params params;
  params.batch_steps = 400;
  support::check_normalizes<Trpo>(params);
}
