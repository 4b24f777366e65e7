// Several environments whose actions somebody else chooses.

#include <catch2/catch.hpp>

#include "rlrun/parallel.hpp"

#include "check/memory_archive.hpp"
#include "sample/sampler.hpp"
#include "toys.hpp"

using namespace rlrun;
using toys::climb;

namespace {

constexpr Index kWalks = 5;

// What five walks see over some rounds of fixed actions: one column for each round.
MatrixF walked(TrialSampler& sampler, int rounds) {
  Walks& walks = sampler.walks(kWalks);
  MatrixF actions(1, kWalks), seen(3 * kWalks, rounds);
  for (int t = 0; t < rounds; ++t) {
    for (Index i = 0; i < kWalks; ++i) actions(0, i) = 0.1F * static_cast<float>(i);
    const std::span<const Step> steps = walks.step(actions);
    for (Index i = 0; i < kWalks; ++i) {
      seen(3 * i, t) = walks.observations()(0, i);
      seen(3 * i + 1, t) = walks.next_observations()(0, i);
      seen(3 * i + 2, t) = static_cast<float>(steps[std::size_t(i)].reward);
    }
  }
  return seen;
}

}  // namespace

TEST_CASE("walks do not depend on each other, nor on the threads", "[walks]") {
  TrialSampler all(climb(3, 30), Rng(1)), threaded(climb(3, 30), Rng(1)),
      alone(climb(3, 30), Rng(1));
  const MatrixF seen = walked(all, 200);
  set_thread_count(3);
  CHECK(walked(threaded, 200) == seen);
  set_thread_count(1);
  CHECK(threaded.take_log().episodes.returns == all.take_log().episodes.returns);
  CHECK(all.total_steps() == 1000);

  // The first is the walk alone.
  Walk& walk = alone.walk();
  for (int t = 0; t < 200; ++t) {
    const Step step = walk.step(VectorF::Zero(1));
    CHECK(walk.observation()(0) == seen(0, t));
    CHECK(walk.next_observation()(0) == seen(1, t));
    CHECK(static_cast<float>(step.reward) == seen(2, t));
  }
}

TEST_CASE("walks meet different episodes", "[walks]") {
  TrialSampler sampler(climb(3, 30), Rng(1));
  const MatrixF& observations = sampler.walks(kWalks).observations();
  for (Index i = 1; i < kWalks; ++i) CHECK(observations(0, i) != observations(0, 0));
}

TEST_CASE("a part of a round steps the first walks alone", "[walks]") {
  TrialSampler sampler(climb(3, 30), Rng(1));
  Walks& walks = sampler.walks(kWalks);
  const MatrixF before = walks.observations();
  CHECK(walks.step(MatrixF::Constant(1, 2, 0.3F)).size() == 2);
  CHECK(walks.observations().rightCols(3) == before.rightCols(3));
  CHECK(walks.observations()(0, 0) != before(0, 0));
  CHECK_FALSE(walks.at_start(1));
  CHECK(walks.at_start(2));
  CHECK(sampler.total_steps() == 2);
}

TEST_CASE("walks go on from a checkpoint, to the bit", "[walks]") {
  TrialSampler whole(climb(3, 30), Rng(1)), first(climb(3, 30), Rng(1)),
      second(climb(3, 30), Rng(1));
  const MatrixF seen = walked(whole, 77);
  walked(first, 40);
  MemoryArchive saved;
  first.state(saved);
  MemoryArchive restored(saved.content());
  second.state(restored);
  CHECK(walked(second, 37) == seen.rightCols(37));
}
