#pragma once
// What every algorithm must pass. First the contract, then what is special about this one:
//
//     TEST_CASE("cem keeps the algorithm contract", "[algorithm]") {
//       contracts::check_algorithm(make_cem, toys::factory<toys::Regulator>());
//     }

#include <string>

#include <catch2/catch.hpp>

#include "check/algorithm_check.hpp"

namespace contracts {

inline void check_algorithm(const rlrun::AlgorithmFactory& make, const rlrun::EnvFactory& env,
                            rlrun::Index iterations = 3) {
  const rlrun::AlgorithmCheck result = rlrun::check_algorithm(make, env, iterations);
  CHECK(result.learned);
  for (const std::string& violation : result.violations) {
    INFO(violation);
    CHECK(violation.empty());
  }
  SUCCEED();
}

}  // namespace contracts
