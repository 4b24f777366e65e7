#include <array>
#include <cmath>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/policies/squashed_gaussian_mlp.hpp"

#include "contracts/policy_contract.hpp"

using namespace rlrun;

namespace {

constexpr auto kClamp = SquashedGaussian::Bounds::kClamp;
constexpr auto kTanh = SquashedGaussian::Bounds::kTanh;

EnvSpec task(Space action) {
  return {.observation = unbounded(5), .action = std::move(action), .horizon = 100};
}

// sum_j [w log pi(y_j) + g_j . y_j]
double value(const SquashedGaussian& gaussian, const MatrixF& outputs, const MatrixF& noise,
             float w, const MatrixF& g) {
  SquashedGaussian::Sample sample(noise.rows(), noise.cols());
  sample.noise = noise;
  gaussian.draw(outputs, 0, sample);
  return w * sample.log_prob.cast<double>().sum() +
         sample.actions.cwiseProduct(g).cast<double>().sum();
}

}  // namespace

TEST_CASE("the squashed Gaussian policy keeps the policy contract in any finite box", "[policy]") {
  const Box uneven{.low = VectorF{{-1.0F, 0.0F, -30.3F}}, .high = VectorF{{1.0F, 5.1F, -10.1F}}};
  for (const Box& actions : {box(3, -1, 1), uneven})
    for (const char* bounds : {"clamp", "tanh"}) {
      const EnvSpec spec = task(actions);
      SquashedGaussianMlp::Params params;
      params.log_std_bounds = bounds;
      params.hidden = {20, 10};
      contracts::check_policy(
          spec, [&] { return std::make_unique<SquashedGaussianMlp>(params, spec, Rng(1)); });
      const SquashedGaussianMlp policy(params, spec, Rng(1));
      for (Index i = 0; i < 3; ++i) {
        CHECK(policy.denormalised(i, 1) == Approx(actions.high(i)).margin(1e-6));
        CHECK(policy.denormalised(i, -1) == Approx(actions.low(i)).margin(1e-6));
        CHECK(policy.normalised(i, policy.denormalised(i, 0.3F)) == Approx(0.3).margin(1e-5));
      }
    }
}

TEST_CASE("log-probabilities of squashed actions are exact, far out too", "[policy]") {
  struct Check {
    double mean, std, u, action, log_prob;
  };
  const std::array checks = {Check{0, 1, 0, 0, -0.9189385332},
                             Check{0, 1, 1, 0.7615941560, -0.5513768722},
                             Check{0.5, 0.2, 0.7, 0.6043677771, 0.6450398379},
                             Check{0, 1, 5, 0.9999092043, -4.8051420965},
                             Check{0, 1, -5, -0.9999092043, -4.8051420965},
                             Check{0, 1, 10, 0.9999999959, -32.3052328902}};
  // All at once and one by one: whole registers and their remainders.
  for (const Index n : {Index{1}, Index(checks.size())}) {
    for (Index first = 0; first + n <= Index(checks.size()); ++first) {
      MatrixF outputs(2, n);
      SquashedGaussian::Sample sample(1, n);
      for (Index j = 0; j < n; ++j) {
        const Check& c = checks[std::size_t(first + j)];
        outputs.col(j) << float(c.mean), float(std::log(c.std));
        sample.noise(0, j) = float((c.u - c.mean) / c.std);
      }
      SquashedGaussian(1, -20, 2, kClamp).draw(outputs, 0, sample);
      for (Index j = 0; j < n; ++j) {
        const Check& c = checks[std::size_t(first + j)];
        CHECK(sample.actions(0, j) == Approx(c.action).margin(1e-6));
        CHECK(sample.log_prob(j) == Approx(c.log_prob).epsilon(2e-6));
      }
    }
  }
}

TEST_CASE("the log standard deviation is kept between its bounds", "[policy]") {
  const SquashedGaussian clamp(1, -3, 1, kClamp), squeeze(1, -3, 1, kTanh);
  CHECK(clamp.log_std(0.5F) == 0.5F);
  CHECK(clamp.log_std(7) == 1);
  CHECK(clamp.log_std(-7) == -3);
  CHECK(std::isnan(clamp.log_std(std::nanf(""))));
  CHECK(squeeze.log_std(0) == -1);
  CHECK(squeeze.log_std(20) == Approx(1));
  CHECK(squeeze.log_std(-20) == Approx(-3));
}

TEST_CASE("gradients through a squashed sample agree with finite differences", "[policy]") {
  constexpr Index kDim = 3, kCols = 7;
  Rng rng(5);
  MatrixF outputs(2 * kDim, kCols), noise(kDim, kCols), g(kDim, kCols);
  for (MatrixF* m : {&outputs, &noise, &g}) rng.fill_normal(m->reshaped());
  outputs(kDim, 2) = 4;  // above the bound: no slope when cut
  for (const auto bounds : {kClamp, kTanh})
    for (const float w : {0.0F, 0.7F}) {
      const SquashedGaussian gaussian(kDim, -5, 2, bounds);
      SquashedGaussian::Sample sample(kDim, kCols);
      sample.noise = noise;
      gaussian.draw(outputs.leftCols(4), 0, sample);  // in two parts
      gaussian.draw(outputs.rightCols(3), 4, sample);
      MatrixF gradient(2 * kDim, kCols);
      gaussian.backward(sample, 0, w, g.leftCols(4), gradient.leftCols(4));
      gaussian.backward(sample, 4, w, g.rightCols(3), gradient.rightCols(3));
      for (Index j = 0; j < kCols; ++j)
        for (Index i = 0; i < 2 * kDim; ++i) {
          constexpr float kStep = 4e-3F;
          MatrixF moved = outputs;
          moved(i, j) += kStep;
          const double above = value(gaussian, moved, noise, w, g);
          moved(i, j) = outputs(i, j) - kStep;
          const double below = value(gaussian, moved, noise, w, g);
          CHECK(gradient(i, j) == Approx((above - below) / (2 * kStep)).margin(4e-3));
        }
      if (bounds == kClamp) CHECK(gradient(kDim, 2) == 0);
    }
}

TEST_CASE("the squashed Gaussian refuses what it cannot act on", "[policy]") {
  using Policy = SquashedGaussianMlp;
  CHECK_THROWS_WITH(Policy({}, task(Discrete{4}), Rng(1)),
                    "squashed_gaussian_mlp needs bounded continuous actions (Box), but the task "
                    "has one of 4 choices (Discrete); categorical_mlp fits one choice (Discrete)");
  CHECK_THROWS_WITH(Policy({}, task(unbounded(2)), Rng(1)),
                    Catch::Contains("gaussian_mlp fits actions without bounds"));
  Policy::Params params;
  params.min_log_std = 3;
  CHECK_THROWS_AS(params.check(), UserError);
}
