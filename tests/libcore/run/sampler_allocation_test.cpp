// A step of the sampler takes nothing from the heap.

#include <atomic>
#include <cstdlib>
#include <new>

#include <catch2/catch.hpp>

#include "run/sampler.hpp"
#include "toys.hpp"

using namespace rlrun;
using toys::climb;
using toys::Noise;

namespace {
std::atomic<long> allocations{0};
}

// GCC 12 does not see that both sides are replaced together.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}

TEST_CASE("sampling allocates nothing for a step", "[sampler]") {
  TrialSampler sampler(climb(1e9, 1000), Rng(1));
  const Noise policy;
  const auto count = [&](Index steps) {
    for (int warm = 0; warm < 2; ++warm) sampler.collect(policy, steps);
    const long before = allocations;
    const Batch batch = sampler.collect(policy, steps);
    return allocations - before;
  };
  // Ten episodes of 1000 steps in both cases; only the horizon-long episodes themselves are made.
  const long ten = count(10000);
  CHECK(ten < 150);
  for (int t = 0; t < 10; ++t) sampler.walk().step(VectorF::Constant(1, 0.1F));
  const VectorF action = VectorF::Constant(1, 0.1F);
  const long before = allocations;
  for (int t = 0; t < 500; ++t) sampler.walk().step(action);
  CHECK(allocations - before == 0);
}
