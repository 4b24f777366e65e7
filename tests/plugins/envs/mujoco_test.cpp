// The MuJoCo tasks: the contract, the engine calls behind them, and their definitions.

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "contracts/env_contract.hpp"
#include "contracts/golden.hpp"
#include "mujoco_support.hpp"

using namespace mujoco_tests;

// Every allocation of this program and of its libraries comes through here: the engine's, Eigen's,
// operator new. Sanitizers bring their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_ALLOCATIONS
static thread_local long allocations = 0;
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT: names of glibc
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT
void* __libc_realloc(void* p, std::size_t size);                 // NOLINT
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT
void* malloc(std::size_t size) {
  return ++allocations, __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  return ++allocations, __libc_calloc(count, size);
}
void* realloc(void* p, std::size_t size) {
  return ++allocations, __libc_realloc(p, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return ++allocations, __libc_memalign(alignment, size);
}
int posix_memalign(void** p, std::size_t alignment, std::size_t size) {
  ++allocations;
  *p = __libc_memalign(alignment, size);
  return *p == nullptr ? ENOMEM : 0;
}
}
#endif

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

TEST_CASE("the MuJoCo tasks keep the environment contract", "[env][mujoco]") {
  for_each_task([]<class Task>(const char* name) {
    INFO(name);
    contracts::check_env(factory<Task>(), std::is_same_v<Task, Swimmer> ? 300 : 1500);
  });
}

TEST_CASE("the MuJoCo tasks play their golden episodes", "[golden][mujoco]") {
  for_each_task(
      []<class Task>(const char* name) { contracts::check_golden(factory<Task>(), name, 40); });
}

TEST_CASE("a step gives the bits of plain mj_step and mj_forward", "[mujoco]") {
  for_each_task([]<class Task>(const char* name) {
    INFO(name);
    const auto env = make<Task>();
    const mjModel* m = &env->simulation().model();
    const std::unique_ptr<mjData, void (*)(mjData*)> plain(mj_makeData(m), mj_deleteData);
    VectorF observation(env->spec().obs_dim()), action(env->spec().action_dim());
    Rng stream(3), actions(4);
    const int frames = static_cast<int>(std::lround(env->seconds_per_step() / m->opt.timestep));
    for (std::uint64_t episode = 0; episode < 5; ++episode) {
      env->reset(stream.fork(episode), observation);
      const mjData& d = env->simulation().data();
      mj_resetData(m, plain.get());
      mju_copy(plain->qpos, d.qpos, m->nq);
      mju_copy(plain->qvel, d.qvel, m->nv);
      for (int t = 0; t < 40; ++t) {
        actions.fill_uniform(action, -1, 1);
        for (int i = 0; i < m->nu; ++i)
          plain->ctrl[i] = static_cast<double>(action(i)) * m->actuator_ctrlrange[2 * i + 1];
        for (int i = 0; i < frames; ++i) mj_step(m, plain.get());
        mj_forward(m, plain.get());
        mj_subtreeVel(m, plain.get());
        env->step(action, observation);

        // Engines before 3.3.6 let a forward pass move the warm start of the solver.
        const double tolerance = mjVERSION_HEADER >= 336 ? 1e-12 : 1e-5;
        const auto same = [&](const mjtNum* a, const mjtNum* b, int n) {
          for (int i = 0; i < n; ++i)
            if (std::abs(a[i] - b[i]) > tolerance * std::max(1.0, std::abs(b[i]))) return false;
          return true;
        };
        REQUIRE(same(d.qpos, plain->qpos, m->nq));
        REQUIRE(same(d.qvel, plain->qvel, m->nv));
        REQUIRE(same(env->simulation().com().data(), plain->subtree_com + 3, 3));
        REQUIRE(same(env->simulation().com_velocity().data(), plain->subtree_linvel + 3, 3));
        if (mjVERSION_HEADER >= 336) {
          REQUIRE(Eigen::Map<const Vector>(d.qpos, m->nq) ==
                  Eigen::Map<const Vector>(plain->qpos, m->nq));
          REQUIRE(Eigen::Map<const Vector>(d.qvel, m->nv) ==
                  Eigen::Map<const Vector>(plain->qvel, m->nv));
        }
        if constexpr (std::is_same_v<Task, Hopper> || std::is_same_v<Task, DoubleInvertedPendulum>)
          REQUIRE(same(d.qfrc_constraint, plain->qfrc_constraint, m->nv));
      }
    }
  });
}

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

TEST_CASE("a simulation that breaks down is reported, not restarted", "[mujoco]") {
  const std::filesystem::path log = std::filesystem::current_path() / "MUJOCO_LOG.TXT";
  std::filesystem::remove(log);
  for_each_task([]<class Task>(const char* name) {
    INFO(name);
    const auto env = make<Task>();
    VectorF observation(env->spec().obs_dim()), expected = observation;
    const VectorF action = VectorF::Zero(env->spec().action_dim());
    std::vector<Vector> state;
    for (const auto& field : env->state_fields()) state.push_back(Vector::Zero(field.size));
    for (const double bad : {1e11, -1e300, std::nan("")}) {
      state[1](1) = bad;
      env->set_state(state, observation);
      const Transition t = env->step(action, observation);
      CHECK(t.unstable);
      CHECK(std::isfinite(t.reward));
      CHECK(env->step(action, observation).unstable);  // and stays so until the next reset
    }
    if constexpr (std::is_same_v<Task, Hopper>) {
      env->set_state(state, observation);
      CHECK(env->step(action, observation).terminated);
    }
    env->reset(Rng(1), observation);
    make<Task>()->reset(Rng(1), expected);
    CHECK(observation == expected);
    CHECK_FALSE(env->step(action, observation).unstable);
  });
  CHECK_FALSE(std::filesystem::exists(log));
}

TEST_CASE("an error of the engine is an exception", "[mujoco]") {
  const auto env = make<Hopper>();
  VectorF observation(20);
  env->reset(Rng(1), observation);
  const mjModel& model = env->simulation().model();
  CHECK_THROWS_AS(mju_error("a test says so"), TrialError);
  // Through frames of the engine's own C code: it knows no method of order 3.
  CHECK_THROWS_AS(mj_RungeKutta(&model, &env->simulation().data(), 3), TrialError);
  // The instance is usable after a reset.
  VectorF expected(20);
  env->reset(Rng(2), observation);
  make<Hopper>()->reset(Rng(2), expected);
  CHECK(observation == expected);
}

TEST_CASE("an action that is not finite is refused", "[mujoco]") {
  const auto env = make<Walker2d>();
  VectorF observation(21), action = VectorF::Zero(6);
  env->reset(Rng(1), observation);
  action(4) = std::nanf("");
  CHECK_THROWS_WITH(env->step(action, observation), Catch::Contains("entry 4"));
  action(4) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(env->step(action, observation), TrialError);
}

#ifdef COUNTS_ALLOCATIONS
TEST_CASE("neither steps nor resets of a running task allocate", "[mujoco]") {
  for_each_task([]<class Task>(const char* name) {
    INFO(name);
    const auto env = make<Task>();
    VectorF observation(env->spec().obs_dim()), action(env->spec().action_dim());
    Rng actions(1);
    const auto run = [&](int steps) {
      bool ended = true;
      for (int t = 0; t < steps; ++t) {
        if (ended) env->reset(Rng(2).fork(static_cast<std::uint64_t>(t)), observation);
        actions.fill_uniform(action, -1, 1);
        ended = env->step(action, observation).terminated;
        env->engine_step(action);
      }
    };
    run(5);
    const long before = allocations;
    run(100);
    CHECK(allocations == before);
    std::vector<double> seen(1);  // the counter counts
    CHECK(allocations > before);
  });
}
#endif

TEST_CASE("the MuJoCo tasks can be drawn", "[mujoco][render]") {
  for_each_task([]<class Task>(const char* name) {
    INFO(name);
    contracts::check_rendering(factory<Task>(), std::is_same_v<Task, Swimmer> ? 20 : 40);
  });
}

TEST_CASE("a picture shows the robot, also in another size and from another thread's instance",
          "[mujoco][render]") {
  // Engines before 3.0 cannot draw more than the model's 640 x 480.
  constexpr std::pair kLarge = mjVERSION_HEADER >= 300 ? std::pair(800, 600) : std::pair(640, 480);
  const auto env = make<HalfCheetah>();
  VectorF observation(20);
  env->reset(Rng(1), observation);
  for (const auto& [width, height] : {std::pair(64, 48), kLarge, std::pair(200, 120)}) {
    Frame frame{width, height, {}};
    env->render(frame);
    REQUIRE(frame.rgb.size() == 3 * static_cast<std::size_t>(width * height));
    // The torso is orange: much more red than blue, which nothing else in the picture is.
    long orange = 0;
    for (std::size_t i = 0; i < frame.rgb.size(); i += 3)
      orange += frame.rgb[i] > frame.rgb[i + 2] + 60 ? 1 : 0;
    CHECK(orange > width * height / 200);
    CHECK(orange < width * height / 4);
  }
}
