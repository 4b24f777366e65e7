// The MuJoCo tasks: the contract, the engine calls behind them, failures, memory, pictures.

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "contracts/env_contract.hpp"
#include "contracts/golden.hpp"
#include "mujoco_support.hpp"
#include "support/allocations.hpp"

using namespace mujoco_tests;

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

#if RLRUN_COUNTS_ALLOCATIONS
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
    CHECK(support::count_allocations([&] { run(100); }) == 0);
    CHECK(support::count_allocations([] { const std::vector<double> seen(1); }) > 0);
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
