#include "rlrun/replay/replay_buffer.hpp"

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "check/memory_archive.hpp"

using namespace rlrun;

namespace {

// Transition number i, all of whose parts tell its number.
void push(ReplayBuffer& buffer, int i) {
  const auto x = static_cast<float>(i);
  buffer.push(VectorF::Constant(3, x), VectorF::Constant(2, -x), 10 * x,
              VectorF::Constant(3, x + 1), i % 3 == 0);
}

void check_consistent(const TransitionBatch& batch, Index column) {
  const float x = batch.observations(0, column);
  CHECK(batch.observations.col(column) == VectorF::Constant(3, x));
  CHECK(batch.actions.col(column) == VectorF::Constant(2, -x));
  CHECK(batch.rewards(column) == 10 * x);
  CHECK(batch.next_observations.col(column) == VectorF::Constant(3, x + 1));
  CHECK(batch.terminated(column) == (static_cast<int>(x) % 3 == 0 ? 1.0F : 0.0F));
}

}  // namespace

TEST_CASE("a full buffer holds the latest transitions", "[replay]") {
  ReplayBuffer buffer(3, 2, 8);
  TransitionBatch batch(3, 2, 4000);
  Rng rng(1);
  for (int i = 0; i < 5; ++i) push(buffer, i);
  CHECK(buffer.size() == 5);
  buffer.draw(batch, rng);
  CHECK(batch.observations.minCoeff() == 0);
  CHECK(batch.observations.maxCoeff() == 4);

  for (int i = 5; i < 21; ++i) push(buffer, i);
  CHECK(buffer.size() == 8);
  buffer.draw(batch, rng);
  Vector counts = Vector::Zero(8);
  for (Index i = 0; i < 4000; ++i) {
    check_consistent(batch, i);
    counts(static_cast<Index>(batch.observations(0, i)) - 13) += 1;  // 13 ... 20
  }
  // 500 expected of each, standard deviation 20.9.
  CHECK((counts.array() - 500).abs().maxCoeff() < 4.5 * 20.9);
}

TEST_CASE("a restored buffer goes on as the saved one", "[replay]") {
  for (const int filled : {3, 8, 13}) {
    ReplayBuffer buffer(3, 2, 8), restored(3, 2, 8);
    for (int i = 0; i < filled; ++i) push(buffer, i);
    MemoryArchive saving;
    buffer.state(saving);
    MemoryArchive restoring(saving.content());
    restored.state(restoring);
    CHECK(restoring.exhausted());
    for (int i = filled; i < filled + 4; ++i) {
      push(buffer, i);
      push(restored, i);
    }
    TransitionBatch a(3, 2, 64), b(3, 2, 64);
    Rng rng_a(5), rng_b(5);
    buffer.draw(a, rng_a);
    restored.draw(b, rng_b);
    CHECK(a.observations == b.observations);
    CHECK(a.rewards == b.rewards);
  }
}

TEST_CASE("a stored buffer must fit into the capacity", "[replay]") {
  ReplayBuffer large(3, 2, 8), small(3, 2, 4);
  for (int i = 0; i < 6; ++i) push(large, i);
  MemoryArchive saving;
  large.state(saving);
  MemoryArchive restoring(saving.content());
  CHECK_THROWS_WITH(small.state(restoring), Catch::Contains("capacity of 4"));
}
