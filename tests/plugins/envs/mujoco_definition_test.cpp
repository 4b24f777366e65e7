// The MuJoCo tasks against the closed forms of their definitions.

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "mujoco_support.hpp"

using namespace mujoco_tests;

namespace {

/// Plays random actions and calls `look` after each reset and step.
template <class Look>
void play(MujocoEnv& env, Rng stream, int steps, Look look) {
  VectorF observation(env.spec().obs_dim()), action(env.spec().action_dim());
  Rng actions = stream.fork("actions");
  std::uint64_t episode = 0;
  bool ended = true;
  for (int t = 0; t < steps; ++t) {
    if (ended) env.reset(stream.fork(episode++), observation);
    actions.fill_uniform(action, -1, 1);
    const Transition step = env.step(action, observation);
    ended = step.terminated;
    look(action, step, observation);
  }
}

double clipped(double x) {
  return std::clamp(x, -10.0, 10.0);
}

}  // namespace

TEST_CASE("observations and rewards are those of the definitions", "[mujoco]") {
  // The engine's own velocity of the robot's centre of mass.
  const auto speed = [](MujocoEnv& env) {
    mj_subtreeVel(&env.simulation().model(), &env.simulation().data());
    return env.simulation().data().subtree_linvel[3];
  };
  const auto fill = [](const mjtNum* from, int n, auto change, std::vector<double>& out) {
    for (int i = 0; i < n; ++i) out.push_back(change(from[i]));
  };
  const auto same = [](double x) { return x; };
  const auto check = [](const VectorF& observation, const std::vector<double>& expected) {
    REQUIRE(static_cast<std::size_t>(observation.size()) == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      REQUIRE(observation(static_cast<Index>(i)) == static_cast<float>(expected[i]));
  };
  SECTION("swimmer") {
    const auto env = make<Swimmer>();
    play(*env, Rng(1), 20, [&](const VectorF& a, const Transition& t, const VectorF& observation) {
      const mjData& d = env->simulation().data();
      std::vector<double> o;
      fill(d.qpos, 5, same, o);
      fill(d.qvel, 5, same, o);
      fill(d.subtree_com + 3, 3, same, o);
      check(observation, o);
      REQUIRE(t.reward ==
              Approx(speed(*env) - 0.005 * a.cast<double>().squaredNorm()).margin(1e-12));
      REQUIRE_FALSE(t.terminated);
    });
  }
  SECTION("hopper") {
    const auto env = make<Hopper>();
    play(*env, Rng(1), 200, [&](const VectorF& a, const Transition& t, const VectorF& observation) {
      const mjData& d = env->simulation().data();
      std::vector<double> o;
      fill(d.qpos, 1, same, o);
      fill(d.qpos + 2, 4, same, o);
      fill(d.qvel, 6, clipped, o);
      fill(d.qfrc_constraint, 6, clipped, o);
      fill(d.subtree_com + 3, 3, same, o);
      check(observation, o);
      REQUIRE(t.reward ==
              Approx(speed(*env) + 1 - 0.005 * a.cast<double>().squaredNorm()).margin(1e-12));
      REQUIRE(t.terminated == (d.qpos[0] <= 0.7 || std::abs(d.qpos[2]) >= 0.2));
    });
  }
  SECTION("walker2d") {
    const auto env = make<Walker2d>();
    play(*env, Rng(1), 200, [&](const VectorF& a, const Transition& t, const VectorF& observation) {
      const mjData& d = env->simulation().data();
      std::vector<double> o;
      fill(d.qpos, 9, same, o);
      fill(d.qvel, 9, same, o);
      fill(d.subtree_com + 3, 3, same, o);
      check(observation, o);
      REQUIRE(t.reward ==
              Approx(speed(*env) - 0.005 * a.cast<double>().squaredNorm()).margin(1e-12));
      REQUIRE(t.terminated == (d.qpos[0] <= 0.8 || d.qpos[0] >= 2 || std::abs(d.qpos[2]) >= 1));
    });
  }
  SECTION("half_cheetah") {
    const auto env = make<HalfCheetah>();
    play(*env, Rng(1), 200, [&](const VectorF& a, const Transition& t, const VectorF& observation) {
      const mjData& d = env->simulation().data();
      std::vector<double> o;
      fill(d.qpos + 1, 8, same, o);
      fill(d.qvel, 9, same, o);
      fill(d.subtree_com + 3, 3, same, o);
      check(observation, o);
      REQUIRE(t.reward ==
              Approx(speed(*env) - 0.05 * a.cast<double>().squaredNorm()).margin(1e-12));
      REQUIRE_FALSE(t.terminated);
    });
  }
  SECTION("double_inverted_pendulum") {
    const auto env = make<DoubleInvertedPendulum>();
    play(*env, Rng(1), 200, [&](const VectorF&, const Transition& t, const VectorF& observation) {
      const mjData& d = env->simulation().data();
      std::vector<double> o = {d.qpos[0], std::sin(d.qpos[1]), std::sin(d.qpos[2]),
                               std::cos(d.qpos[1]), std::cos(d.qpos[2])};
      fill(d.qvel, 3, clipped, o);
      fill(d.qfrc_constraint, 3, clipped, o);
      check(observation, o);
      // The tip by trigonometry: two poles of 0.6, the second angle relative to the first.
      const double both = d.qpos[1] + d.qpos[2];
      const double x = d.qpos[0] + 0.6 * std::sin(d.qpos[1]) + 0.6 * std::sin(both);
      const double y = 0.6 * std::cos(d.qpos[1]) + 0.6 * std::cos(both);
      REQUIRE(t.reward == Approx(10 - 0.01 * x * x - (y - 2) * (y - 2) -
                                 1e-3 * d.qvel[1] * d.qvel[1] - 5e-3 * d.qvel[2] * d.qvel[2])
                              .margin(1e-12));
      REQUIRE(t.terminated == (y <= 1));
    });
  }
}

TEST_CASE("upright and at rest the double pendulum earns its best reward", "[mujoco]") {
  const auto env = make<DoubleInvertedPendulum>();
  VectorF observation(11);
  env->set_state({Vector::Zero(3), Vector::Zero(3)}, observation);
  const Transition t = env->step(VectorF::Zero(1), observation);
  CHECK(t.reward == Approx(10 - 0.64).margin(1e-6));
  CHECK_FALSE(t.terminated);
}

TEST_CASE("the initial states have the published distribution", "[mujoco]") {
  const auto hopper = make<Hopper>();
  VectorF observation(20);
  const int n = 2000;
  Vector mean = Vector::Zero(12), square = Vector::Zero(12);
  for (int i = 0; i < n; ++i) {
    hopper->reset(Rng(5).fork(static_cast<std::uint64_t>(i)), observation);
    Vector state(12);
    state << hopper->get_state()[0], hopper->get_state()[1];
    state(0) -= 1.25;
    mean += state / n;
    square += state.cwiseAbs2() / n;
  }
  for (Index i = 0; i < 12; ++i) {
    const double deviation = i < 6 ? 0.01 : 0.1;
    CHECK(std::abs(mean(i)) < 4 * deviation / std::sqrt(n));
    CHECK(square(i) == Approx(deviation * deviation).epsilon(4 * std::sqrt(2.0 / n)));
  }
  const auto pendulum = make<DoubleInvertedPendulum>();
  VectorF start(11);
  double low = 0, high = 0;
  for (int i = 0; i < n; ++i) {
    pendulum->reset(Rng(5).fork(static_cast<std::uint64_t>(i)), start);
    const auto state = pendulum->get_state();
    low = std::min(low, state[0](1));
    high = std::max(high, state[0](1));
    REQUIRE(state[0](0) == 0);
    REQUIRE(state[0](2) == 0);
    REQUIRE(state[1].isZero(0));
  }
  const double bound = 20 * mjPI / 180;
  CHECK(low >= -bound);
  CHECK(high <= bound);
  CHECK(high - low > 1.98 * bound);
}

TEST_CASE("hopper ends where it is defined to end", "[mujoco]") {
  const auto env = make<Hopper>();
  VectorF observation(20);
  const auto ends = [&](int entry, double value) {
    Vector qpos = Vector::Zero(6), qvel = Vector::Zero(6);
    qpos(0) = 1.25;
    (entry < 6 ? qpos(entry) : qvel(entry - 6)) = value;
    env->set_state({qpos, qvel}, observation);
    return env->step(VectorF::Zero(3), observation).terminated;
  };
  CHECK_FALSE(ends(0, 1.25));
  CHECK(ends(0, 0.6));
  CHECK_FALSE(ends(2, 0.18));
  CHECK(ends(2, 0.25));
  CHECK(ends(2, -0.25));
  CHECK_FALSE(ends(1, 1000));  // where it is does not matter
  CHECK(ends(7, 150));         // how fast does
  CHECK_FALSE(ends(7, 90));
}
