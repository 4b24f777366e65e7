// The Box2D tasks: the environment contract, and closed forms of their definitions.

#include <cmath>
#include <numbers>

#include <catch2/catch.hpp>

#include "box2d_tasks.hpp"
#include "contracts/env_contract.hpp"
#include "contracts/golden.hpp"

using namespace rlrun;
using box2d_test::task;
using std::numbers::pi;

namespace {

const std::vector<std::string> kTasks = {"cartpole_balancing", "cartpole_swingup", "mountain_car",
                                         "acrobot"};

constexpr double kHingeHeight = 0.4330127;  // above the middle of the cart
constexpr double kTrackHeight = -0.1;       // where the rail holds the middle of the cart

// One task, put into a state and stepped.
struct Scene {
  explicit Scene(const EnvFactory& factory)
      : env(factory()),
        access(dynamic_cast<StateAccess*>(env.get())),
        observation(env->spec().obs_dim()) {
    env->reset(Rng(1), observation);
  }
  void set(std::initializer_list<double> numbers) {
    Vector state(static_cast<Index>(numbers.size()));
    std::copy(numbers.begin(), numbers.end(), state.data());
    access->set_state({state}, observation);
  }
  Transition step(float action) { return env->step(VectorF::Constant(1, action), observation); }
  [[nodiscard]] Vector state() const { return access->get_state()[0]; }

  std::unique_ptr<Env> env;
  StateAccess* access;
  VectorF observation;
};

// The pole upright on a cart that stands on the rail: no joint is violated.
void stand(Scene& scene, double x, double velocity, double angle) {
  scene.set(
      {x, kTrackHeight, 0, velocity, 0, 0, x, kTrackHeight + kHingeHeight, angle, velocity, 0, 0});
}

// Plays random actions and hands the action, the transition and the state after each step to `law`.
template <class Law>
void for_each_step(const std::string& name, Index steps, Law law) {
  Scene scene(task(name));
  Rng actions = Rng(3).fork(name);
  for (Index i = 0; i < steps; ++i) {
    const auto a = static_cast<float>(actions.uniform(-1, 1));
    const Transition t = scene.step(a);
    law(a, t, scene.state());
    if (t.terminated || i % 500 == 499)
      scene.env->reset(Rng(4).fork(static_cast<std::uint64_t>(i)), scene.observation);
  }
}

}  // namespace

TEST_CASE("the Box2D tasks keep the environment contract", "[env]") {
  for (const std::string& name : kTasks) {
    INFO(name);
    contracts::check_env(task(name), 2000);
    contracts::check_rendering(task(name), 100);
  }
}

// What the partially observable variants of Duan et al. 2016 need to know.
TEST_CASE("the Box2D tasks say what is a position and what can vary", "[env]") {
  struct Facts {
    const char *name, *quantity, *parameter;
    std::vector<Index> positions;
    double low, high;
  };
  for (const Facts& facts :
       std::vector<Facts>{{"cartpole_balancing", "pole_length", "pole_length", {0, 2}, 0.5, 1.5},
                          {"cartpole_swingup", "pole_length", "pole_length", {0, 2}, 0.5, 1.5},
                          {"mountain_car", "track_width", "track_width", {0}, 3, 5},
                          {"acrobot", "link_length", "link_length", {0, 1, 3, 4}, 0.5, 1.5}}) {
    INFO(facts.name);
    Scene varied(task(facts.name));
    CHECK(varied.env->spec().positions == facts.positions);
    ModelAccess* model = varied.env->model_access();
    REQUIRE(model != nullptr);
    REQUIRE(model->quantities().size() == 1);
    CHECK(model->quantities()[0].name == facts.quantity);
    CHECK(model->quantities()[0].low == facts.low);
    CHECK(model->quantities()[0].high == facts.high);

    // A length that is set is the one that the task would have been built with.
    for (const double value : {facts.low, facts.high, facts.low}) {
      model->set_quantities(Vector::Constant(1, value));
      Scene built(task(facts.name, {{facts.parameter, value}}));
      varied.env->reset(Rng(1), varied.observation);
      CHECK(varied.observation == built.observation);
      for (int t = 0; t < 20; ++t) {
        const float action = t % 3 == 0 ? -1.0F : 0.7F;
        CHECK(varied.step(action).reward == built.step(action).reward);
        CHECK(varied.observation == built.observation);
      }
    }
  }
}

TEST_CASE("the Box2D tasks play their golden episodes", "[env]") {
  for (const std::string& name : kTasks) contracts::check_golden(task(name), name, 40);
}

TEST_CASE("an upright cart-pole at rest stays and earns 10 a step", "[env]") {
  Scene scene(task("cartpole_balancing"));
  stand(scene, 0, 0, 0);
  for (int i = 0; i < 20; ++i) CHECK(scene.step(0).reward == Approx(10).margin(1e-9));
  CHECK(scene.observation.norm() < 1e-5);
}

TEST_CASE("a force accelerates the cart-pole as rigid-body mechanics says", "[env]") {
  // Hinge and cart together: x'' = F / (M + m - (m l)^2 / I), angle'' = m l x'' / I, about the
  // hinge.
  const double mass = 0.1, half = 0.5, inertia = 0.0334167, force = 10, time = 0.05;
  const double ml = mass * half;
  const double acceleration = force / (1 + mass - ml * ml / inertia);
  Scene scene(task("cartpole_balancing"));
  stand(scene, 0, 0, 0);
  const Transition t = scene.step(1);
  CHECK(scene.observation(1) == Approx(acceleration * time).epsilon(1e-3));
  CHECK(scene.observation(3) == Approx(ml * acceleration / inertia * time).epsilon(1e-3));
  const double angle = scene.state()(8);
  CHECK(t.reward == Approx(10 - (1 - std::cos(angle)) - 1e-5 * force * force).margin(1e-12));
}

TEST_CASE("cart-pole balancing ends beyond its bounds, with reward 0", "[env]") {
  Index ends = 0;
  for_each_step("cartpole_balancing", 3000, [&](float a, const Transition& t, const Vector& state) {
    const double x = state(0), angle = state(8), force = 10.0 * a;
    const bool end = std::abs(x) > 2.4 || std::abs(angle) > 0.2;
    REQUIRE(t.terminated == end);
    REQUIRE(t.reward ==
            Approx(end ? 0 : 10 - (1 - std::cos(angle)) - 1e-5 * force * force).margin(1e-12));
    ends += end;
  });
  CHECK(ends > 100);

  Scene scene(task("cartpole_balancing"));
  stand(scene, 2.39, 0, 0);
  CHECK_FALSE(scene.step(0).terminated);
  stand(scene, 2.39, 1, 0);
  CHECK(scene.step(0).terminated);
}

TEST_CASE("swing-up pays the cosine of the angle and charges 100 for leaving the track", "[env]") {
  Index ends = 0;
  for_each_step("cartpole_swingup", 5000, [&](float, const Transition& t, const Vector& state) {
    const bool end = std::abs(state(0)) > 3;
    REQUIRE(t.terminated == end);
    REQUIRE(t.reward == Approx(end ? -100 : std::cos(state(8))).margin(1e-12));
    ends += end;
  });
  CHECK(ends > 20);

  Scene scene(task("cartpole_swingup"));
  stand(scene, 0, 0, pi);
  CHECK(scene.step(0).reward == Approx(-1).margin(1e-9));
  CHECK(scene.observation(2) == Approx(pi));  // not wrapped
}

TEST_CASE("episodes start in the published ranges with the rest as built", "[env]") {
  const auto extremes = [](const std::string& name) {
    Scene scene(task(name));
    Eigen::ArrayXf low = scene.observation.array(), high = low;
    for (std::uint64_t i = 0; i < 4000; ++i) {
      scene.env->reset(Rng(5).fork(i), scene.observation);
      low = low.min(scene.observation.array());
      high = high.max(scene.observation.array());
    }
    return std::pair(low, high);
  };
  const auto uniform = [&](const std::string& name, std::initializer_list<double> middle,
                           std::initializer_list<double> half) {
    const auto [low, high] = extremes(name);
    for (Index i = 0; i < low.size(); ++i) {
      const double m = middle.begin()[i], h = half.begin()[i];
      INFO(name << " " << i);
      // 4000 draws come within one per cent of both ends, and stay inside.
      CHECK(low(i) == Approx(m - h).margin(0.01 * h + 1e-6));
      CHECK(high(i) == Approx(m + h).margin(0.01 * h + 1e-6));
      CHECK(low(i) >= m - h - 1e-6);
      CHECK(high(i) <= m + h + 1e-6);
    }
  };
  uniform("cartpole_balancing", {0, 0, 0, 0}, {0.12, 0.2, 0.01, 0.2});
  uniform("cartpole_swingup", {0, 0, pi, 0}, {1, 2, 1, 3});
  uniform("mountain_car", {0, 0}, {0, 1});

  // The pole is left where it was built, although the cart was moved.
  Scene cartpole(task("cartpole_balancing"));
  const Vector state = cartpole.state();
  CHECK(state(0) != 0);
  CHECK(state(1) == Approx(kHingeHeight));
  CHECK(state(6) == 0);
  CHECK(state(7) == Approx(2 * kHingeHeight));
  CHECK(state.segment(9, 2).norm() == 0);
}

TEST_CASE("the rail pulls the cart down to the track in the first step", "[env]") {
  Scene published(task("cartpole_balancing")),
      later(task("cartpole_balancing", {{"track_height", kHingeHeight}}));
  published.step(0);
  later.step(0);
  CHECK(published.state()(1) == Approx(kTrackHeight).margin(0.01));
  CHECK(later.state()(1) == Approx(kHingeHeight).margin(0.01));
}

TEST_CASE("the mountain car rests on its corners in the valley", "[env]") {
  for (const double width : {3.0, 4.0, 5.0}) {
    Scene scene(task("mountain_car", {{"track_width", width}}));
    scene.set({0, 0.05, 0, 0, 0, 0});
    Transition t;
    for (int i = 0; i < 200; ++i) t = scene.step(0);
    // The track under a corner, half the car's height, and the engine's skin along the normal: two
    // radii of 0.01 less the slop of 0.005, which the solver keeps to a part of the slop.
    const double phase = 2 * pi * 0.2 / width, slope = 2 * pi / width * std::sin(phase);
    const double rest = 1 - std::cos(phase) + 0.1 + 0.015 * std::hypot(1, slope);
    CHECK(scene.state()(1) == Approx(rest).margin(0.002));
    CHECK(scene.state().tail(3).norm() < 1e-3);
    CHECK(t.reward == Approx(-1 + scene.state()(1)).margin(1e-12));
  }
}

TEST_CASE("the mountain car earns its height minus one", "[env]") {
  for_each_step("mountain_car", 600, [&](float, const Transition& u, const Vector& state) {
    REQUIRE(u.reward == Approx(-1 + state(1)).margin(1e-12));
    REQUIRE_FALSE(u.terminated);
  });
}

TEST_CASE("the mountain car's goal is at x = 0.6, its other end at x = -2", "[env]") {
  Scene scene(task("mountain_car"));
  // Above the ground, so that nothing slows the car.
  scene.set({0.5, 1.5, 0, 1, 0, 0});
  CHECK_FALSE(scene.step(0).terminated);
  scene.set({0.58, 1.5, 0, 1, 0, 0});
  const Transition goal = scene.step(0);
  CHECK(goal.terminated);
  CHECK(goal.reward == Approx(0.5).margin(0.05));
  scene.set({-1.98, 2.5, 0, -1, 0, 0});
  CHECK(scene.step(0).terminated);
}

TEST_CASE("the acrobot pays minus the distance to the target, with the offset mirrored", "[env]") {
  Scene scene(task("acrobot"));
  scene.set({0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0});
  CHECK(scene.step(0).reward == Approx(-4).margin(1e-6));  // hanging
  scene.set({0, 0, pi, 0, 0, 0, 0, 1, pi, 0, 0, 0});
  CHECK(scene.step(0).reward == Approx(0).margin(1e-4));  // standing
  // Both links stretched to the right: the true tip (2, 0) would be sqrt(8) away from (0, 2).
  scene.set({0, 0, pi / 2, 0, 0, 0, 1, 0, pi / 2, 0, 0, 0});
  CHECK(scene.step(0).reward == Approx(-2).margin(0.02));

  for_each_step("acrobot", 1000, [&](float, const Transition& t, const Vector& state) {
    const double x = state(6) - std::sin(state(8)), y = state(7) - std::cos(state(8));
    REQUIRE(t.reward == Approx(-std::hypot(x, y - 2)).margin(1e-12));
    REQUIRE_FALSE(t.terminated);
  });
}

TEST_CASE("the acrobot's motor gives its torque, and its limit is a parameter", "[env]") {
  for (const double limit : {3.2, 1.0}) {
    Scene scene(task("acrobot", {{"torque_limit", limit}}));
    scene.set({0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0});
    scene.step(0.1F);
    // Mass matrix in the absolute angles: [I + m L^2, m L l; m L l, I], I about a link's own hinge.
    const double inertia = 0.1671, coupling = 0.25, torque = 0.1 * limit, time = 0.02;
    const double a = inertia + 0.5, det = a * inertia - coupling * coupling;
    CHECK(scene.observation(2) ==
          Approx(-torque * (inertia + coupling) / det * time).epsilon(0.02));
    CHECK(scene.observation(5) == Approx(torque * (a + coupling) / det * time).epsilon(0.02));
  }
}

TEST_CASE("the length parameters change the model", "[env]") {
  Scene pole(task("cartpole_balancing", {{"pole_length", 0.5}}));
  stand(pole, 0, 0, 0);
  pole.step(1);
  const double ml = 0.05 * 0.25, inertia = 0.05 * 0.25 / 3 + 0.05 * 0.01 / 12;
  CHECK(pole.observation(1) == Approx(0.5 / (1.05 - ml * ml / inertia)).epsilon(1e-3));

  Scene links(task("acrobot", {{"link_length", 0.5}}));
  links.set({0, 0, 0, 0, 0, 0, 0, -0.5, 0, 0, 0, 0});
  CHECK(links.step(0).reward == Approx(-2).margin(1e-6));

  CHECK(task("acrobot", {{"horizon", 77}})()->spec().horizon == 77);
}

TEST_CASE("bad actions and states are refused with one line", "[env]") {
  Scene scene(task("acrobot"));
  CHECK_THROWS_AS(scene.step(std::nanf("")), TrialError);
  CHECK_THROWS_WITH(scene.set({1, 2, 3}), "the field 'state' must hold 12 numbers, not 3");
  CHECK_THROWS_WITH(scene.set({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, INFINITY}),
                    "the field 'state' holds a number that is not finite");
  Frame frame{.width = 0, .height = 5, .rgb = {}};
  CHECK_THROWS_AS(dynamic_cast<Renderable&>(*scene.env).render(frame), UserError);
}
