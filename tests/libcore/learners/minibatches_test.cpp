#include "rlrun/learners/minibatches.hpp"

#include <algorithm>
#include <numeric>

#include <catch2/catch.hpp>

using namespace rlrun;

namespace {

// Two slots of six steps; the first has an episode that ends after its second step.
SegmentBatch batch() {
  SegmentBatch result;
  result.slots = 2;
  result.length = 6;
  result.starts = {0, 2, 6};
  return result;
}

std::vector<Index> all(Index n) {
  std::vector<Index> columns(static_cast<std::size_t>(n));
  std::iota(columns.begin(), columns.end(), Index{0});
  return columns;
}

}  // namespace

TEST_CASE("single steps come once in an epoch, in minibatches of the size asked for",
          "[minibatches]") {
  Minibatches minibatches(batch(), all(12), false);
  Rng rng(1);
  for (int epoch = 0; epoch < 3; ++epoch) {
    minibatches.shuffle(rng);
    std::vector<Index> seen, sizes;
    for (auto part = minibatches.next(5); !part.empty(); part = minibatches.next(5)) {
      sizes.push_back(static_cast<Index>(part.size()));
      seen.insert(seen.end(), part.begin(), part.end());
    }
    CHECK(sizes == std::vector<Index>{5, 5, 2});
    CHECK(seen != all(12));
    std::sort(seen.begin(), seen.end());
    CHECK(seen == all(12));
  }
}

TEST_CASE("stretches stay whole, each order of them is met, and steps left out stay out",
          "[minibatches]") {
  std::vector<Index> columns = all(12);
  columns.erase(columns.begin() + 5);  // the last step of the second stretch broke down
  Minibatches minibatches(batch(), columns, true);
  CHECK(minibatches.size() == 11);
  const std::vector<std::vector<Index>> stretches = {{0, 1}, {2, 3, 4}, {6, 7, 8, 9, 10, 11}};
  std::vector<std::vector<Index>> orders;
  Rng rng(1);
  for (int epoch = 0; epoch < 100; ++epoch) {
    minibatches.shuffle(rng);
    std::vector<Index> order;
    for (auto part = minibatches.next(1); !part.empty(); part = minibatches.next(1)) {
      const auto found =
          std::find(stretches.begin(), stretches.end(), std::vector(part.begin(), part.end()));
      REQUIRE(found != stretches.end());
      order.push_back(found - stretches.begin());
    }
    CHECK(order.size() == 3);
    if (std::find(orders.begin(), orders.end(), order) == orders.end()) orders.push_back(order);
  }
  CHECK(orders.size() == 6);

  minibatches.shuffle(rng);
  std::size_t steps = 0;
  for (auto part = minibatches.next(4); !part.empty(); part = minibatches.next(4))
    steps += part.size();
  CHECK(steps == 11);
}
