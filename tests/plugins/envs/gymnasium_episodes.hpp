#pragma once
// Episodes made by Gymnasium itself (tests/data/gymnasium, see its README), and what was played
// compared with them.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "check/state_replay.hpp"
#include "store/hdf5.hpp"

namespace gymnasium_data {

namespace fs = std::filesystem;
using namespace rlrun;

inline fs::path folder(const std::string& name) {
  return fs::path(std::getenv("RLRUN_SOURCE")) / "tests/data/gymnasium" /
         name.substr(std::string("gym/").size());
}

/// The episodes of a task, without its initial states.
inline std::vector<fs::path> episodes(const std::string& name) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder(name)))
    if (entry.path().filename() != "resets.h5") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  REQUIRE(paths.size() >= 3);
  return paths;
}

inline std::string parameters(const fs::path& path) {
  return hdf5::File::open(path).read_text("parameters");
}

/// How far a number may be from Gymnasium's, relative to that or absolute.
struct Tolerance {
  double reward, observation, absolute;
};

/// The engine calls are the same, so episodes agree to the last bit or nearly, however chaotic they
/// are.
constexpr Tolerance kMujocoTolerance{.reward = 1e-9, .observation = 6e-8, .absolute = 1e-12};
/// Gymnasium's observations are float; its sine and cosine may differ from ours in the last bit.
constexpr Tolerance kClassicTolerance{.reward = 1e-9, .observation = 1e-5, .absolute = 1e-5};

inline bool close(double value, double expected, double relative, double absolute) {
  return std::abs(value - expected) <= relative * std::abs(expected) + absolute;
}

/// Compares what was played with what the file says: as many steps, the same rewards and endings,
/// the observations that the file holds.
inline void check(const ReplayOutput& played, const fs::path& path, Tolerance tolerance) {
  INFO(path);
  const hdf5::File file = hdf5::File::open(path);
  const std::vector<double> rewards = file.read_numbers("rewards"),
                            terminated = file.read_numbers("terminated"),
                            observed = file.read_numbers("observed");
  const Matrix observations = file.read_samples("observations");
  REQUIRE(played.rewards.size() == rewards.size());
  for (std::size_t t = 0; t < rewards.size(); ++t) {
    if (!close(played.rewards[t], rewards[t], tolerance.reward, 0))
      FAIL_CHECK(fmt::format("step {}: reward {}, Gymnasium {}", t, played.rewards[t], rewards[t]));
    REQUIRE(played.terminated[t] == static_cast<std::uint8_t>(terminated[t]));
    REQUIRE(played.unstable[t] == 0);
  }
  REQUIRE(played.observations.rows() == observations.rows());
  for (std::size_t k = 0; k < observed.size(); ++k)
    for (Index i = 0; i < observations.rows(); ++i) {
      const double value = played.observations(i, static_cast<Index>(observed[k]));
      const double expected = observations(i, static_cast<Index>(k));
      if (!close(value, expected, tolerance.observation, tolerance.absolute))
        FAIL_CHECK(fmt::format("after step {}: entry {} is {}, Gymnasium {}", observed[k], i, value,
                               expected));
    }
}

}  // namespace gymnasium_data
