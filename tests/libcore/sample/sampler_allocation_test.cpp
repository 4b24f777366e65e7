// A step of the sampler takes nothing from the heap.

#include <catch2/catch.hpp>

#include "sample/sampler.hpp"
#include "support/allocations.hpp"
#include "toys.hpp"

using namespace rlrun;
using support::count_allocations;
using toys::climb;
using toys::Noise;

TEST_CASE("what collecting takes from the heap does not grow with the steps", "[sampler]") {
  // Ten episodes, as long as the horizon: their matrices are made once each, whatever their length.
  const auto count = [](Index horizon) {
    TrialSampler sampler(climb(1e9, horizon), Rng(1));
    const Noise policy;
    const auto collect = [&] { CHECK(sampler.collect(policy, 10 * horizon).size() == 10); };
    collect();
    collect();
    return count_allocations(collect);
  };
  const long longer = count(4000);
  CHECK(longer == count(1000));
  if (RLRUN_COUNTS_ALLOCATIONS) CHECK(longer > 0);
}

TEST_CASE("a step of the walk takes nothing from the heap", "[sampler]") {
  TrialSampler sampler(climb(1e9, 1000), Rng(1));
  const VectorF action = VectorF::Constant(1, 0.1F);
  for (int t = 0; t < 10; ++t) sampler.walk().step(action);
  CHECK(count_allocations([&] {
          for (int t = 0; t < 500; ++t) sampler.walk().step(action);
        }) == 0);
}
