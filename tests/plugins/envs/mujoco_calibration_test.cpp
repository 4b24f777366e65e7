// Scores of a random policy against the published calibration. Played briefly by
// default and at length by the slow test (RLRUN_CALIBRATION_FACTOR).

#include <cmath>
#include <cstdlib>
#include <string>

#include <catch2/catch.hpp>

#include "rlrun/parallel.hpp"

#include "mujoco_support.hpp"

using namespace mujoco_tests;

namespace {

// RLRUN_CALIBRATION_FACTOR plays that many times the episodes.
int factor() {
  const char* text = std::getenv("RLRUN_CALIBRATION_FACTOR");
  return text == nullptr ? 1 : std::atoi(text);
}

struct Figure {
  double mean = 0, error = 0;
};

struct Score {
  Figure total, length;
};

Figure figure(const Vector& samples) {
  const double n = static_cast<double>(samples.size()), mean = samples.mean();
  return {mean, std::sqrt((samples.array() - mean).square().sum() / (n - 1) / n)};
}

template <class Task>
Score play(int episodes, const typename Task::Params& params = typename Task::Params()) {
  const EnvFactory make_env = factory<Task>(params);
  Vector returns(episodes), lengths(episodes);
  constexpr int kBlock = 10;  // episodes of one instance
  parallel_for((episodes + kBlock - 1) / kBlock, [&](Index block) {
    const auto env = make_env();
    VectorF observation(env->spec().obs_dim()), action(env->spec().action_dim());
    for (Index e = block * kBlock; e < std::min<Index>(episodes, (block + 1) * kBlock); ++e) {
      const Rng stream = Rng(2016).fork(static_cast<std::uint64_t>(e));
      Rng actions = stream.fork("actions");
      env->reset(stream.fork("env"), observation);
      returns(e) = 0;
      Index t = 0;
      bool ended = false;
      for (; t < params.horizon && !ended; ++t) {
        actions.fill_uniform(action, -1, 1);
        const Transition step = env->step(action, observation);
        returns(e) += step.reward;
        ended = step.terminated || step.unstable;
      }
      lengths(e) = static_cast<double>(t);
    }
  });
  return {figure(returns), figure(lengths)};
}

/// Within three standard errors, ours and that of the reference together.
void check(const char* what, const Figure& ours, const Figure& reference) {
  INFO(what << ": " << ours.mean << " +- " << ours.error << ", calibration " << reference.mean
            << " +- " << reference.error);
  CHECK(std::abs(ours.mean - reference.mean) <= 3 * std::hypot(ours.error, reference.error));
}

/// The paper prints mean and spread over five seeds, both rounded to one digit.
void check_paper(const Figure& ours, double mean, double spread) {
  INFO("paper " << mean << " +- " << spread << ", ours " << ours.mean << " +- " << ours.error);
  CHECK(std::abs(ours.mean - mean) <= 3 * ours.error + spread + 0.05);
}

}  // namespace

TEST_CASE("random double pendulum scores as calibrated", "[calibration]") {
  const Score score = play<DoubleInvertedPendulum>(3000 * factor());
  check("return", score.total, {149.68, 0.10});
  check("length", score.length, {16.35, 0.01});
  check_paper(score.total, 149.7, 0.1);
  DoubleInvertedPendulum::Params exact;
  exact.capsules = "exact";
  check("exact capsules", play<DoubleInvertedPendulum>(3000 * factor(), exact).total,
        {155.50, 0.14});
}

TEST_CASE("random swimmer scores as calibrated", "[calibration]") {
  const Score score = play<Swimmer>(40 * factor());
  check("return", score.total, {-1.67, 0.07});
  check_paper(score.total, -1.7, 0.1);
}

TEST_CASE("random hopper scores as calibrated", "[calibration]") {
  const Score score = play<Hopper>(4000 * factor());
  check("return", score.total, {8.39, 0.01});
  check("length", score.length, {8.30, 0.01});
  check_paper(score.total, 8.4, 0.0);
  Hopper::Params engine;
  engine.limits = "engine";
  check("engine's limits", play<Hopper>(4000 * factor(), engine).total, {7.84, 0.01});
  engine.capsules = "exact";
  check("exact capsules", play<Hopper>(4000 * factor(), engine).total, {7.88, 0.01});
}

TEST_CASE("random walker scores as calibrated", "[calibration]") {
  const Score score = play<Walker2d>(4000 * factor());
  check("return", score.total, {-1.71, 0.01});
  check("length", score.length, {31.88, 0.04});
  check_paper(score.total, -1.7, 0.0);
  Walker2d::Params engine;
  engine.limits = "engine";
  check("engine's limits", play<Walker2d>(4000 * factor(), engine).total, {-1.53, 0.01});
}

TEST_CASE("random half-cheetah scores as calibrated, and as published with impratio 0.32",
          "[calibration]") {
  check("return", play<HalfCheetah>(300 * factor()).total, {-102.8, 0.3});
  HalfCheetah::Params paper;
  paper.impratio = 0.32;
  const Score score = play<HalfCheetah>(300 * factor(), paper);
  check("impratio 0.32", score.total, {-91.1, 0.3});
  check_paper(score.total, -90.8, 0.3);
}
