// rlrun replay, eval and render as a user calls them.

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "store/hdf5.hpp"
#include "store/store.hpp"
#include "support/process.hpp"
#include "tasks.hpp"

using namespace rlrun;
using Catch::Contains;

namespace {

/// A folder with one trial of a few iterations, trained once.
const std::filesystem::path& trained() {
  static const process::Scratch scratch;
  static const std::filesystem::path results = [] {
    const auto folder = scratch.path / "results";
    const process::Result result =
        process::run({"run", "reinforce", "hopper", "--iterations", "2", "--set",
                      "batch_steps=1000", "--quiet", "--results", folder.string()});
    INFO(result.err);
    REQUIRE(result.code == 0);
    return folder;
  }();
  return results;
}

double number(const json::Value& value) {
  return value.if_double() != nullptr ? *value.if_double() : static_cast<double>(*value.if_int());
}

}  // namespace

TEST_CASE("replay gives the observations and rewards of the task, in double", "[apps][replay]") {
  const process::Scratch scratch;
  const auto in = scratch.path / "in.h5", out = scratch.path / "out.h5";
  mujoco::Hopper::Params params;
  params.limits = "engine";
  mujoco::Hopper env(params, mujoco::Hopper::load(params));
  VectorF rounded(20), action(3);
  Vector exact(20);
  env.reset(Rng(9), rounded);
  const std::vector<Vector> state = env.get_state();

  Matrix actions(3, 60);
  Rng stream(4);
  for (Index t = 0; t < 60; ++t)
    for (Index i = 0; i < 3; ++i) actions(i, t) = stream.uniform(-1, 1);
  hdf5::File file = hdf5::File::create();
  const auto column = [](const Vector& v) { return std::vector<double>(v.begin(), v.end()); };
  file.write_column("qpos", column(state[0]), {});
  file.write_column("qvel", column(state[1]), {});
  file.write_samples("actions", actions, {});
  write_file_atomically(in, file.image());

  const process::Result result = process::run({"replay", "hopper", "--input", in.string(),
                                               "--output", out.string(), "--set", "limits=engine"});
  INFO(result.err);
  REQUIRE(result.code == 0);
  const hdf5::File played = hdf5::File::open(out);
  const Matrix observations = played.read_samples("observations");
  const std::vector<double> rewards = played.read_numbers("rewards");
  const std::vector<double> terminated = played.read_numbers("terminated");
  env.set_state(state, rounded);
  env.observe(exact);
  REQUIRE(observations.col(0) == exact);
  for (std::size_t t = 0; t < rewards.size(); ++t) {
    action = actions.col(static_cast<Index>(t)).cast<float>();
    const Transition step = env.step(action, rounded);
    env.observe(exact);
    REQUIRE(observations.col(static_cast<Index>(t) + 1) == exact);
    REQUIRE(rewards[t] == step.reward);
    REQUIRE((terminated[t] != 0) == step.terminated);
  }
  // It fell, and there the replay stopped.
  CHECK(rewards.size() < 60);
  CHECK(terminated.back() == 1);
  CHECK(observations.cols() == static_cast<Index>(rewards.size()) + 1);
}

TEST_CASE("replay refuses what does not fit, with the right exit code", "[apps][replay]") {
  const process::Scratch scratch;
  const std::string out = (scratch.path / "out.h5").string();
  const auto fails = [&](std::vector<std::string> arguments, int code, const std::string& text) {
    const process::Result result = process::run(std::move(arguments));
    CHECK(result.code == code);
    CHECK_THAT(result.err, Contains(text));
    CHECK(result.out.empty());
  };
  fails({"replay", "hopper", "--output", out}, 2, "--input");
  fails({"replay", "hoper", "--input", out, "--output", out}, 4, "did you mean 'hopper'");
  fails({"replay", "hopper", "--input", out, "--output", out}, 3, out);
  fails({"replay", "hopper", "--input", out, "--output", out, "--set", "limit=engine"}, 3,
        "limits");
}

TEST_CASE("eval plays a stored policy the same on any number of threads", "[apps][eval]") {
  const std::string folder = trained().string();
  const auto eval = [&](std::vector<std::string> options) {
    std::vector<std::string> arguments = {"eval", folder, "--json", "--episodes", "30"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const process::Result result = process::run(arguments);
    INFO(result.err);
    REQUIRE(result.code == 0);
    return result.out;
  };
  const std::string one = eval({"--threads", "1"});
  CHECK(one == eval({"--threads", "3"}));
  CHECK(one != eval({"--seed", "1"}));
  CHECK(one != eval({"--explore"}));
  const json::Value answer = json::parse(one, "answer");
  const json::Array& trials = *answer.find("trials")->if_array();
  REQUIRE(trials.size() == 1);
  CHECK(*trials[0].find("env")->if_string() == "hopper");
  CHECK(number(*trials[0].find("episodes")) == 30);
  CHECK(number(*trials[0].find("std")) > 0);
  CHECK(number(*trials[0].find("mean")) > number(*trials[0].find("min")));

  const process::Result none = process::run({"eval", folder, "--trial", "walker"});
  CHECK(none.code == 2);
  CHECK_THAT(none.err, Contains("no trial is called 'walker'") && Contains("reinforce/hopper"));
  CHECK(process::run({"eval", folder + "/nowhere"}).code == 5);
  process::write(trained() / "broken.h5", "nothing");
  CHECK(process::run({"eval", (trained() / "broken.h5").string()}).code == 5);
}

TEST_CASE("render draws pictures and films", "[apps][render]") {
  const process::Scratch scratch;
  const std::string png = (scratch.path / "a.png").string();
  const std::string mp4 = (scratch.path / "a.mp4").string();
  process::Result result = process::run({"render", trained().string(), "--output", png, "--step",
                                         "3", "--width", "160", "--height", "120"});
  INFO(result.err);
  REQUIRE(result.code == 0);
  CHECK_THAT(result.out, Contains("after 3 steps"));
  CHECK(process::read_file(png).starts_with("\x89PNG"));

  result = process::run({"render", "hopper", "--random", "--output", mp4, "--episodes", "2",
                         "--width", "64", "--height", "48"});
  INFO(result.err);
  REQUIRE(result.code == 0);
  CHECK_THAT(result.out, Contains("2 episodes"));
  CHECK(process::read_file(mp4).substr(4, 4) == "ftyp");

  CHECK(process::run({"render", "hopper", "--random", "--output", "a.gif"}).code == 2);
  CHECK(process::run({"render", "hopper", "--random", "--output", mp4, "--width", "63"}).code == 2);
  result = process::run({"render", "hopper", "--output", png});
  CHECK(result.code == 5);
}
