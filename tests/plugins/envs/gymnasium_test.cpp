// Gymnasium tasks in Python processes: the contract, what spaces become, and what goes wrong.
// The tasks are those of Gymnasium and of tests/python.

#include <cstdlib>
#include <filesystem>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "contracts/env_contract.hpp"
#include "gymnasium_data.hpp"
#include "support/process.hpp"
#include "support/python.hpp"

using namespace rlrun;
using support::python_is_there;

namespace {

EnvFactory task(const std::string& id, const std::string& more = "") {
  return gymnasium_data::factory("gymnasium", R"({"id": ")" + id + "\"" + more + "}");
}

// One of tests/python.
EnvFactory own(const std::string& name, const std::string& more = "") {
  return task("rlrun_test/" + name + "-v0", R"(, "module": "rlrun_test_tasks")" + more);
}

VectorF reset(Env& env, std::uint64_t seed = 1) {
  VectorF observation(env.spec().obs_dim());
  env.reset(Rng(seed), observation);
  return observation;
}

std::pair<Transition, VectorF> step(Env& env, std::initializer_list<float> action) {
  VectorF observation(env.spec().obs_dim());
  const Transition t = env.step(
      Eigen::Map<const VectorF>(action.begin(), static_cast<Index>(action.size())), observation);
  return {t, observation};
}

// A stand-in for an interpreter.
std::string script(const process::Scratch& folder, const std::string& text) {
  const std::filesystem::path path = folder.path / "python";
  process::write(path, "#!/bin/sh\n" + text + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

}  // namespace

TEST_CASE("Gymnasium tasks keep the environment contract", "[env]") {
  if (!python_is_there()) return;
  contracts::check_env(task("CartPole-v1"), 200);
  contracts::check_env(task("HalfCheetah-v5"), 20);
  contracts::check_env_laws(task("MiniGrid-Empty-5x5-v0", R"(, "module": "minigrid", "horizon": 30,
                  "wrappers": "minigrid.wrappers:ImgObsWrapper")"),
                            50);
  for (const char* name : {"Nested", "Choosy", "Camera", "GivesUp", "FromGlobals"}) {
    INFO(name);
    contracts::check_env_laws(own(name), 50);
  }
}

TEST_CASE("a task that draws from elsewhere than its seed is found out", "[env]") {
  if (!python_is_there()) return;
  const EnvCheck check = check_env(own("FromTheClock"), 100);
  REQUIRE_FALSE(check.violations.empty());
  CHECK(check.violations[0] ==
        "two instances with equal streams and actions play different episodes");
}

TEST_CASE("a task's pictures fit into any frame and change nothing", "[env]") {
  if (!python_is_there()) return;
  contracts::check_rendering(task("CartPole-v1"), 30);
  const auto env = own("Walk")();
  reset(*env);
  auto* picture = dynamic_cast<Renderable*>(env.get());
  REQUIRE(picture != nullptr);
  CHECK(picture->seconds_per_step() == 0.1);
  // 40 x 20 pixels in the middle of a square; the leftmost column is coloured.
  Frame frame{.width = 80, .height = 80, .rgb = {}};
  picture->render(frame);
  const auto pixel = [&](int x, int y) { return frame.rgb[std::size_t(3 * (80 * y + x) + 2)]; };
  CHECK(pixel(0, 19) == 0);
  CHECK(pixel(0, 20) == 30);
  CHECK(pixel(1, 59) == 30);
  CHECK(pixel(2, 59) == 0);
  CHECK(pixel(0, 60) == 0);
  CHECK(dynamic_cast<Renderable*>(own("Walk", R"(, "kwargs": {"render_mode": null})")().get()) ==
        nullptr);
}

TEST_CASE("spaces are what they are in Gymnasium, and time limits the sampler's", "[env]") {
  if (!python_is_there()) return;
  const EnvSpec cartpole = task("CartPole-v1")()->spec();
  CHECK(std::get<Discrete>(cartpole.action).n == 2);
  CHECK(std::get<Box>(cartpole.observation).high(0) == 4.8F);
  CHECK(cartpole.horizon == 500);
  CHECK(own("Walk", R"(, "horizon": 7)")()->spec().horizon == 7);
  CHECK(own("Walk", R"(, "kwargs": {"max_episode_steps": 8})")()->spec().horizon == 8);

  const EnvSpec camera = own("Camera")()->spec();
  const Box& picture = std::get<Box>(camera.observation);
  CHECK(picture.shape == std::vector<Index>{4, 6, 3});
  CHECK(picture.bytes);
  CHECK(picture.high.maxCoeff() == 255);

  const auto env = own("Walk", R"(, "horizon": 3)")();
  reset(*env);
  for (int i = 0; i < 30; ++i) CHECK_FALSE(step(*env, {0}).first.ended());
}

TEST_CASE("choices start at zero for us and where the task says for it", "[env]") {
  if (!python_is_there()) return;
  const auto env = own("Choosy")();
  CHECK(std::get<Discrete>(env->spec().observation).n == 4);
  CHECK(std::get<MultiDiscrete>(env->spec().action).n == std::vector<Index>{3, 2, 2, 2, 4});
  CHECK(reset(*env)(0) == 0);
  const auto [t, observation] = step(*env, {2, 1, 1, 1, 3});
  CHECK(t.reward == 1 + 20 + 400);
  CHECK(observation(0) == 1);
}

TEST_CASE("nested spaces are flattened", "[env]") {
  if (!python_is_there()) return;
  const auto env = own("Nested")();
  CHECK(env->spec().obs_dim() == 1 + 3 + 4);
  const Box& actions = std::get<Box>(env->spec().action);
  CHECK(actions.low == VectorF{{-1, -1, -2, 0}});
  CHECK(actions.high == VectorF{{1, 1, 2, 3}});
}

TEST_CASE("an action reaches the task, clipped to its box", "[env]") {
  if (!python_is_there()) return;
  const auto nested = own("Nested")();
  reset(*nested);
  const VectorF observation = step(*nested, {0.5F, 0.25F, 5, 1.6F}).second;
  CHECK(observation == VectorF{{0, 1, 0, 0.5F, 0.5F, 0.5F, 0.5F, 0.01F}});

  const auto walk = own("Walk", R"(, "kwargs": {"pace": 2})")();
  const float start = reset(*walk)(0);
  CHECK(step(*walk, {-7}).second(0) == Approx(start - 2));
  const auto louder =
      own("Walk", R"(, "wrappers": "rlrun_test_tasks:Louder rlrun_test_tasks:Louder")")();
  const float x = reset(*louder)(0);
  CHECK(step(*louder, {0}).first.reward == Approx(100 * x));
}

TEST_CASE("what a task cuts off is truncated, what it ends terminated", "[env]") {
  if (!python_is_there()) return;
  const auto env = own("GivesUp")();
  reset(*env);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(step(*env, {0}).first.ended());
  const Transition cut = step(*env, {0}).first;
  CHECK(cut.truncated);
  CHECK_FALSE(cut.terminated);
  reset(*env);
  for (int i = 0; i < 2; ++i) CHECK_FALSE(step(*env, {1}).first.ended());
  CHECK(step(*env, {1}).first.terminated);
}

TEST_CASE("steps of several tasks run at the same time", "[env]") {
  if (!python_is_there()) return;
  const EnvFactory make = own("Walk");
  const auto one = make(), two = make();
  const VectorF x = reset(*one, 1), y = reset(*two, 2);
  VectorF a(2), b(2);
  auto& first = dynamic_cast<SplitStep&>(*one);
  auto& second = dynamic_cast<SplitStep&>(*two);
  first.begin_step(VectorF::Constant(1, 1));
  second.begin_step(VectorF::Constant(1, -1));
  const Transition u = second.end_step(b), t = first.end_step(a);
  CHECK(a(0) == Approx(x(0) + 1));
  CHECK(b(0) == Approx(y(0) - 1));
  CHECK(t.reward == Approx(x(0) + 1));
  CHECK(u.reward == Approx(y(0) - 1));
}

TEST_CASE("a module that starts threads has them in each task", "[env]") {
  if (!python_is_there()) return;
  const EnvFactory make = task("rlrun_test/Threaded-v0", R"(, "module": "rlrun_test_threads")");
  const auto one = make(), two = make();
  for (Env* env : {one.get(), two.get()}) {
    const float x = reset(*env)(0);
    CHECK(step(*env, {0.5F}).second(0) == Approx(x + 1));
  }
}

TEST_CASE("what Python raises is the cause, and so is how its process ends", "[env]") {
  if (!python_is_there()) return;
  for (const auto& [name, cause] : std::vector<std::pair<std::string, std::string>>{
           {"Raises", "the task raised ValueError: the shoe is untied (rlrun_test_tasks.py, line "},
           {"WrongShape",
            "the task raised ValueError: the observation has shape (1,), its space (2,)"},
           {"Exits", "the task raised SystemExit: 3"},
           {"Dies", "the Python process of the task was ended by SIGKILL"}}) {
    INFO(name);
    std::string said;
    try {
      const auto env = own(name)();
      reset(*env);
      for (int i = 0; i < 10; ++i) step(*env, {0});
    } catch (const TrialError& error) {
      said = error.what();
    }
    INFO(said);
    CHECK(said.find(cause) == 0);
  }
}

TEST_CASE("what cannot be played is refused with what to do", "[env]") {
  if (!python_is_there()) return;
  const process::Scratch scratch;
  const std::string silent = script(scratch, "exit 5");
  for (const auto& [parameters, words] : std::vector<std::pair<std::string, std::string>>{
           {R"({"id": "CartPol-v1"})", "id: Environment `CartPol` doesn't exist. Did you mean"},
           {R"({"id": "rlrun_test/Walk-v0"})", "name it with 'module'"},
           {R"({"module": "no_such"})",
            "module: 'no_such' cannot be imported: ModuleNotFoundError"},
           {R"({"wrappers": "Louder"})", "wrappers: 'Louder' is not of the form module:Class"},
           {R"({"wrappers": "gymnasium:Louder"})", "wrappers: module 'gymnasium' has no 'Louder'"},
           {R"({"kwargs": {"shoes": 2}})", "unexpected keyword argument 'shoes'"},
           {R"({"module": "rlrun_test_tasks", "id": "rlrun_test/Endless-v0"})",
            "horizon: the task has no time limit of its own"},
           {R"({"module": "rlrun_test_tasks", "id": "rlrun_test/Talks-v0"})",
            "the observation, 'words', is a Text, and supported are"},
           {R"({"python": "/no/python"})", "python: '/no/python' cannot be started (No such file"},
           {R"({"python": ")" + silent + R"("})", "ended with exit code 5 before it was ready"}}) {
    INFO(parameters);
    std::string said;
    try {
      gymnasium_data::factory("gymnasium", parameters)();
    } catch (const UserError& error) {
      said = error.what();
      CHECK(error.code() == ExitCode::kConfig);
    }
    INFO(said);
    CHECK(said.find(words) != std::string::npos);
    CHECK(said.find('\n') == std::string::npos);
  }
}

TEST_CASE("without Gymnasium the way to it is said", "[env]") {
  const process::Scratch scratch;
  const std::string bare = script(scratch, R"(exec python3 -S -I "$@")");
  CHECK_THROWS_WITH(
      gymnasium_data::factory("gymnasium", R"({"python": ")" + bare + R"("})"),
      Catch::Contains("cannot import Gymnasium") && Catch::Contains("-m pip install gymnasium"));
}
