#pragma once
// What every environment must pass. First the contract, then what is special about this one:
//
//     TEST_CASE("pendulum keeps the environment contract", "[env]") {
//       contracts::check_env([] { return std::make_unique<Pendulum>(Pendulum::Params{}); }, 2000);
//     }

#include <string>

#include <catch2/catch.hpp>

#include "check/env_check.hpp"

namespace contracts {

/// The laws alone, for tasks of which there is something to note: that all episodes are the same, say.
inline rlrun::EnvCheck check_env_laws(const rlrun::EnvFactory& factory, rlrun::Index steps) {
  rlrun::EnvCheck result = rlrun::check_env(factory, steps);
  for (const std::string& violation : result.violations) {
    INFO(violation);
    CHECK(violation.empty());
  }
  SUCCEED();
  return result;
}

inline void check_env(const rlrun::EnvFactory& factory, rlrun::Index steps) {
  CHECK(check_env_laws(factory, steps).notes.empty());
}

inline void check_rendering(const rlrun::EnvFactory& factory, rlrun::Index steps) {
  for (const std::string& violation : rlrun::check_rendering(factory, steps)) {
    INFO(violation);
    CHECK(violation.empty());
  }
  SUCCEED();
}

}  // namespace contracts
