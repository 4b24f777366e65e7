#include "../../../plugins/algorithms/ppo_cma/ppo_cma.cpp"

#include <numbers>

#include "support.hpp"

using namespace rlrun;
using algorithms::log_variance_slope;
using algorithms::mean_slope;
using algorithms::PpoCma;
using algorithms::pull;

namespace {

PpoCma::Params small() {
  PpoCma::Params params;
  params.batch_steps = 100;
  params.history = 3;
  params.minibatches = 5;
  params.minibatch_size = 70;  // more than one part
  params.value_hidden = {8};
  return params;
}

std::unique_ptr<PpoCma> make(const PpoCma::Params& params, const EnvSpec& spec, const Rng& rng,
                             std::vector<std::int64_t> hidden = {8}) {
  BoundedGaussianMlp::Params policy;
  policy.hidden = std::move(hidden);
  return std::make_unique<PpoCma>(
      params, std::make_unique<BoundedGaussianMlp>(policy, spec, rng.fork("policy")), spec,
      rng.fork("learner"));
}

// E[ f(a) ] for a ~ N(0, 1), by the midpoint rule.
template <class F>
double expectation(const F& f) {
  constexpr int kPoints = 20000;
  constexpr double kReach = 10;
  double sum = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double a = kReach * (2 * (i + 0.5) / kPoints - 1);
    sum += f(a) * std::exp(-a * a / 2);
  }
  return sum * 2 * kReach / kPoints / std::sqrt(2 * std::numbers::pi);
}

VectorF one(double x) {
  return VectorF::Constant(1, static_cast<float>(x));
}

// Where the mean goes under the advantage A = a, about N(0, 1), if the policy's variance is `v`:
// the weighted mean of the targets.
double mean_on_a_slope(double v, bool mirror) {
  VectorF target(1);
  const auto weight = [&](double a) {
    return double{pull(one(a), one(0), one(std::log(v)), static_cast<float>(a), mirror, target)};
  };
  const double total = expectation(weight);
  return expectation([&](double a) {
           const double w = weight(a);
           return w * double{target(0)};
         }) /
         total;
}

}  // namespace

TEST_CASE("ppo_cma keeps the algorithm contract", "[algorithm]") {
  const bool mirror = GENERATE(true, false);
  PpoCma::Params params = small();
  params.mirror_negative_advantages = mirror;
  contracts::check_algorithm(
      [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
        return make(params, task, rng);
      },
      toys::factory<toys::Regulator>(), 5);
}

TEST_CASE("slopes of the log-likelihood equal finite differences", "[algorithm]") {
  const auto log_likelihood = [](double a, double m, double log_v) {
    return -(a - m) * (a - m) / (2 * std::exp(log_v)) - log_v / 2;
  };
  constexpr double kStep = 1e-5;
  for (const double a : {-1.3, 0.2, 2.0})
    for (const double m : {-0.5, 0.7})
      for (const double l : {-1.0, 0.4}) {
        const auto fa = static_cast<float>(a), fm = static_cast<float>(m),
                   fl = static_cast<float>(l);
        CHECK(double{mean_slope(fa, fm, fl)} ==
              Approx((log_likelihood(a, m + kStep, l) - log_likelihood(a, m - kStep, l)) /
                     (2 * kStep))
                  .margin(1e-5));
        CHECK(double{log_variance_slope(fa, fm, fl)} ==
              Approx((log_likelihood(a, m, l + kStep) - log_likelihood(a, m, l - kStep)) /
                     (2 * kStep))
                  .margin(1e-5));
      }
}

TEST_CASE("on a slope the variance doubles, where a joint fit would shrink it", "[algorithm]") {
  // The advantage is the action itself, about N(0, 1). At the maximum the mean slope is zero.
  const auto total_slope = [](double mean, double variance) {
    return expectation([&](double a) {
      return std::max(a, 0.0) *
             double{log_variance_slope(static_cast<float>(a), static_cast<float>(mean),
                                       static_cast<float>(std::log(variance)))};
    });
  };
  CHECK(total_slope(0, 2) == Approx(0).margin(1e-5));
  CHECK(total_slope(0, 1.9) > 1e-3);
  CHECK(total_slope(0, 2.1) < -1e-3);
  const double joint_mean = std::sqrt(std::numbers::pi / 2);
  CHECK(total_slope(joint_mean, 2 - std::numbers::pi / 2) == Approx(0).margin(1e-5));
}

TEST_CASE("the mean goes up a slope by what the paper's weights make of it", "[algorithm]") {
  CHECK(mean_on_a_slope(2, false) == Approx(std::sqrt(std::numbers::pi / 2)).epsilon(1e-5));
  CHECK(mean_on_a_slope(2, true) == Approx(1.161319).epsilon(1e-5));
  CHECK(mean_on_a_slope(1, true) == Approx(1.130952).epsilon(1e-5));
}

TEST_CASE("a bad action pulls to its mirror image", "[algorithm]") {
  VectorF action(2), mean(2), log_variance(2), target(2);
  action << 1, 0;
  mean << 0.5, 0.25;
  log_variance << 0, std::log(4.0F);
  const float weight = pull(action, mean, log_variance, -2, true, target);
  CHECK(target(0) == 0);
  CHECK(target(1) == 0.5F);
  CHECK(double{weight} == Approx(2 * (std::exp(-0.125) + std::exp(-0.0625 / 8)) / 2));
  CHECK(pull(action, mean, log_variance, -2, false, target) == 0);
  CHECK(pull(action, mean, log_variance, 3, true, target) == 3);
  CHECK(target == action);
}

TEST_CASE("only the scale of large observations shrinks", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Target>());  // its observation is always 1
  const auto cma = make(small(), trial.spec(), Rng(3));
  trial.iterate(*cma, 2);
  const VectorF& params = cma->policy().params();
  CHECK(double{params(params.size() - 1)} == Approx(1 / 2.001));
  CHECK(params(params.size() - 2) == 0);
}

TEST_CASE("ppo_cma finds the best action and then stops exploring", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Target>();
  support::Trial trial(env);
  PpoCma::Params params = small();
  params.batch_steps = 200;
  params.history = 5;
  params.minibatches = 30;
  params.step_size = 3e-3;
  const auto cma = make(params, trial.spec(), Rng(3));
  const double at_start = trial.iterate(*cma).at("std");
  trial.iterate(*cma, 40);
  const double at_end = trial.iterate(*cma).at("std");
  CHECK(toys::greedy_mean_return(env, cma->policy(), 1) > -0.003);
  CHECK(at_end < 0.25 * at_start);
}

TEST_CASE("ppo_cma solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  PpoCma::Params params = small();
  params.batch_steps = 1000;
  params.history = 5;
  params.minibatches = 50;
  params.minibatch_size = 128;
  params.step_size = 2e-3;
  params.value_hidden = {32};
  const auto cma = make(params, trial.spec(), Rng(5), {32});
  trial.iterate(*cma, 40);
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(toys::greedy_mean_return(env, cma->policy()) > best + 0.1 * (idle - best));
}

TEST_CASE("ppo_cma keeps the algorithm contract on choices", "[algorithm]") {
  contracts::check_algorithm(
      [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
        return make(small(), task, rng);
      },
      toys::factory<support::Which<false>>());
}
