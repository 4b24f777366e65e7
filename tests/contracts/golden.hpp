#pragma once
// Readable golden episodes: a change of a task shows as a diff that a person can judge. After a
// wanted change, run the test once with RLRUN_GOLDEN=write and review what git shows.

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "rlrun/env.hpp"

#include "sample/env_player.hpp"

namespace contracts {

/// `steps` steps of random actions from a fixed stream, a line each: the step of the episode, the
/// action, the observation after it, the reward, whether the task ended. Step 0 is the reset.
inline std::vector<std::string> golden_lines(const rlrun::EnvFactory& factory, int steps) {
  using namespace rlrun;
  const auto env = factory();
  const EnvSpec& spec = env->spec();
  VectorF action = VectorF::Zero(spec.action_dim()), observation(spec.obs_dim());
  const Rng stream = Rng(2016).fork("golden");
  Rng actions = stream.fork("actions");
  std::vector<std::string> lines;
  const auto note = [&](Index step, const Transition& t) {
    std::string line = fmt::format("{}", step);
    for (const float a : action) line += fmt::format(" {:.6g}", a);
    for (const float x : observation) line += fmt::format(" {:.6g}", x);
    lines.push_back(line + fmt::format(" {:.6g} {:d}", t.reward, t.terminated));
  };
  Index step = spec.horizon;
  std::uint64_t episode = 0;
  for (int i = 0; i < steps; ++i) {
    if (step == spec.horizon) {
      env->reset(stream.fork(episode++), observation);
      action.setZero();
      step = 0;
      note(step, {});
    }
    draw_action(spec.action, actions, action);
    const Transition t = env->step(action, observation);
    note(++step, t);
    if (t.terminated || t.unstable) step = spec.horizon;
  }
  return lines;
}

/// Compares with tests/golden/<name>.txt: words that are numbers agree to `tolerance`, relative to
/// the larger of the number and one.
inline void check_golden(const rlrun::EnvFactory& factory, const std::string& name, int steps,
                         double tolerance = 2e-5) {
  const std::string path =
      std::string(std::getenv("RLRUN_SOURCE")) + "/tests/golden/" + name + ".txt";
  const std::vector<std::string> lines = golden_lines(factory, steps);
  if (const char* mode = std::getenv("RLRUN_GOLDEN");
      mode != nullptr && mode == std::string("write")) {
    std::ofstream out(path);
    out << "# " << name
        << ": step, action, observation, reward, terminated. See tests/golden/README.md.\n";
    for (const std::string& line : lines) out << line << "\n";
    REQUIRE(out.flush());
  }
  std::ifstream in(path);
  INFO(path);
  REQUIRE(in);
  std::string expected;
  REQUIRE(std::getline(in, expected));  // the heading
  for (const std::string& line : lines) {
    REQUIRE(std::getline(in, expected));
    INFO("expected " << expected << "\nplayed   " << line);
    std::istringstream a(expected), b(line);
    double x = 0, y = 0;
    while (a >> x) {
      REQUIRE(b >> y);
      REQUIRE(std::abs(x - y) <= tolerance * std::max(1.0, std::abs(x)));
    }
    REQUIRE_FALSE(b >> y);
  }
  REQUIRE_FALSE(std::getline(in, expected));
}

}  // namespace contracts
