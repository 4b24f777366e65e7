#include "rlrun/math/budget.hpp"

#include <catch2/catch.hpp>

#include "rlrun/math/schedules.hpp"

using namespace rlrun;

TEST_CASE("the last two batches share what is left of a budget", "[math]") {
  CHECK(StepsLeft().batch(100) == 100);
  CHECK(StepsLeft(200).batch(100) == 100);
  CHECK(StepsLeft(150).batch(100) == 75);
  CHECK(StepsLeft(75).batch(100) == 75);
  CHECK(StepsLeft(0).batch(100) == 1);
  CHECK(StepsLeft(150).at_most(100) == 100);
  CHECK(StepsLeft(75).at_most(100) == 75);
}

TEST_CASE("what no larger budget would change is not noticed, and all else is", "[math]") {
  constexpr Index kBatch = 10;
  for (Index left = 1; left < 50; ++left) {
    bool batch_noticed = false, most_noticed = false;
    const Index batch = StepsLeft(left, &batch_noticed).batch(kBatch);
    const Index most = StepsLeft(left, &most_noticed).at_most(kBatch);
    bool batch_changes = false, most_changes = false;
    for (Index more = left + 1; more < 100; ++more) {
      batch_changes = batch_changes || StepsLeft(more).batch(kBatch) != batch;
      most_changes = most_changes || StepsLeft(more).at_most(kBatch) != most;
    }
    INFO(left << " steps left");
    if (batch_changes) CHECK(batch_noticed);
    CHECK(most_noticed == most_changes);
    if (left >= 2 * kBatch) CHECK_FALSE(batch_noticed);
  }
}

TEST_CASE("a constant schedule does not read the progress", "[math]") {
  bool noticed = false;
  CHECK(scheduled("constant", 3, {0.25, &noticed}) == 3);
  CHECK_FALSE(noticed);
  CHECK(scheduled("linear", 4, {0.25, &noticed}) == 3);
  CHECK(noticed);
}
