// Gymnasium's episodes through `rlrun replay`, as a user plays them.

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "plugins/envs/gymnasium_episodes.hpp"
#include "support/process.hpp"

using namespace gymnasium_data;
using Catch::Contains;

namespace {

bool has_engine(const std::string& name) {
  return hdf5::File::open(episodes(name)[0]).has("qpos");
}

/// Every task of which there are episodes.
std::vector<std::string> tasks() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder("gym/")))
    if (entry.is_directory()) names.push_back("gym/" + entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

json::Value answer(std::vector<std::string> arguments) {
  arguments.emplace_back("--json");
  const process::Result result = process::run(arguments);
  INFO(result.err);
  REQUIRE(result.code == 0);
  return json::parse(result.out, "answer");
}

ReplayOutput read_output(const fs::path& path) {
  const hdf5::File file = hdf5::File::open(path);
  ReplayOutput output;
  output.observations = file.read_samples("observations");
  output.rewards = file.read_numbers("rewards");
  for (const double t : file.read_numbers("terminated"))
    output.terminated.push_back(static_cast<std::uint8_t>(t));
  for (const double u : file.read_numbers("unstable"))
    output.unstable.push_back(static_cast<std::uint8_t>(u));
  return output;
}

std::vector<std::string> replay_command(const std::string& name, const fs::path& in,
                                        const fs::path& out) {
  std::vector<std::string> arguments = {"replay", name, "--input", in, "--output", out};
  const json::Value changed = json::parse(parameters(in), in.string());
  for (const auto& [key, value] : *changed.if_object()) {
    arguments.emplace_back("--set");
    arguments.push_back(std::string(key) + "=" + json::canonical(value));
  }
  return arguments;
}

}  // namespace

TEST_CASE("the program plays Gymnasium's episodes of every task", "[gym][apps]") {
  const process::Scratch scratch;
  const json::Value version = answer({"--version"});
  const bool same_engine = *version.find("libraries")->find("mujoco")->if_string() == "3.3.7";
  if (!same_engine) WARN("the episodes were made with MuJoCo 3.3.7");
  CHECK(tasks().size() == 26);
  for (const std::string& name : tasks()) {
    if (has_engine(name) && !same_engine) continue;
    for (const fs::path& in : episodes(name)) {
      const fs::path out = scratch.path / "out.h5";
      answer(replay_command(name, in, out));
      check(read_output(out), in, has_engine(name) ? kMujocoTolerance : kClassicTolerance);
    }
  }
}

TEST_CASE("a replay refuses actions that are no choice", "[gym][apps]") {
  const process::Scratch scratch;
  const auto in = scratch.path / "in.h5", out = scratch.path / "out.h5";
  hdf5::File file = hdf5::File::create();
  file.write_column("state", std::vector<double>{0, 0, 0, 0}, {});
  file.write_column("actions", std::vector<std::int64_t>{0, 1, 2}, {});
  process::write(in, file.image());
  const process::Result result =
      process::run({"replay", "gym/CartPole-v1", "--input", in, "--output", out});
  CHECK(result.code == 3);
  CHECK_THAT(result.err, Contains("in.h5: actions[2, 0] is 2, which is not one of 0 to 1"));
  CHECK_FALSE(fs::exists(out));
}
