#include "rlrun/math/segments.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "rlrun/learners/samples.hpp"
#include "rlrun/math/returns.hpp"
#include "rlrun/rng.hpp"

using namespace rlrun;

namespace {

SegmentBatch segment(Index slots, Index length) {
  SegmentBatch batch;
  batch.slots = slots;
  batch.length = length;
  batch.rewards = Vector::Zero(slots * length);
  batch.terminated.assign(std::size_t(slots * length), 0);
  batch.truncated.assign(std::size_t(slots * length), 0);
  batch.unstable.assign(std::size_t(slots * length), 0);
  return batch;
}

void check_close(const Vector& values, const std::vector<double>& expected) {
  REQUIRE(values.size() == static_cast<Index>(expected.size()));
  for (Index i = 0; i < values.size(); ++i)
    CHECK(values(i) == Approx(expected[std::size_t(i)]).margin(1e-5));
}

}  // namespace

TEST_CASE("advantages of a segment within an episode are bootstrapped at its end", "[math]") {
  // The vectors of the tests of google-deepmind/rlax.
  SegmentBatch batch = segment(1, 5);
  batch.rewards << 0, 0, 1, 0, -0.5;
  batch.bootstrap_columns = {4};
  const Vector values{{1, 4, -3, -2, -1}}, after{{-1.0}};
  const auto gae_with = [&](double lambda) {
    return segment_gae(batch, batch.rewards, values, after, 0.99, lambda, true);
  };
  check_close(gae_with(1), {-1.45119, -4.45575, 2.53965, 0.5249, -0.49});
  check_close(gae_with(0.7), {-0.676979, -5.248167, 2.48461, 0.67043, -0.49});
}

TEST_CASE("advantages end where the task does", "[math]") {
  SegmentBatch batch = segment(1, 5);
  batch.rewards << 0, 0, 0, 0, 1;
  batch.terminated[3] = 1;
  batch.bootstrap_columns = {4};
  const Vector values{{-3, -2, -1, 0, 5}}, after{{-1.0}};
  const auto gae_with = [&](double lambda) {
    return segment_gae(batch, batch.rewards, values, after, 0.9, lambda, true);
  };
  check_close(gae_with(1), {3, 2, 1, 0, -4.9});
  check_close(gae_with(0.7), {2.2899, 1.73, 1, 0, -4.9});
}

TEST_CASE("at the time limit the next state's value counts only if it is asked to", "[math]") {
  // Two slots; the first runs out of time after its second step, the second ends with its last.
  SegmentBatch batch = segment(2, 3);
  batch.rewards << 1, 2, 3, 4, 5, 6;
  batch.truncated[1] = 1;
  batch.terminated[5] = 1;
  batch.bootstrap_columns = {1, 2};
  const Vector values{{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}}, after{{10, 20}};
  const double g = 0.9, l = 0.8;
  for (const bool bootstrap : {true, false}) {
    const Vector advantages = segment_gae(batch, batch.rewards, values, after, g, l, bootstrap);
    const Vector first{{0.1, 0.2, bootstrap ? 10.0 : 0.0}}, second{{0.3, 20}};
    const Vector third{{0.4, 0.5, 0.6, 0}};
    CHECK(advantages.head(2).isApprox(gae(batch.rewards.head(2), first, g, l), 1e-12));
    CHECK(advantages.segment(2, 1).isApprox(gae(batch.rewards.segment(2, 1), second, g, l), 1e-12));
    CHECK(advantages.tail(3).isApprox(gae(batch.rewards.tail(3), third, g, l), 1e-12));
  }
}

TEST_CASE("a step that broke the simulation teaches nothing, and the one before it is cut",
          "[math]") {
  SegmentBatch batch = segment(1, 5);
  batch.rewards << 1, 2, 0, 3, 4;
  batch.truncated[2] = batch.unstable[2] = 1;
  batch.bootstrap_columns = {2, 4};
  const Vector values{{0.1, 0.2, 0.3, 0.4, 0.5}}, after{{1e9, 20}};
  const double g = 0.9, l = 0.8;
  for (const bool bootstrap : {true, false}) {
    const Vector advantages = segment_gae(batch, batch.rewards, values, after, g, l, bootstrap);
    // As if the segment had ended in the state in which it broke.
    const Vector first{{0.1, 0.2, 0.3}}, second{{0.4, 0.5, 20}};
    CHECK(advantages.head(2).isApprox(gae(batch.rewards.head(2), first, g, l), 1e-12));
    CHECK(advantages(2) == 0);
    CHECK(advantages.tail(2).isApprox(gae(batch.rewards.tail(2), second, g, l), 1e-12));
  }
}

TEST_CASE("running moments are those of all columns at once", "[math]") {
  Matrix all(3, 500);
  Rng rng(1);
  for (double& x : all.reshaped()) x = 5 + 3 * rng.normal();
  RunningMoments moments(3);
  moments.add(all.leftCols(1));
  moments.add(all.middleCols(1, 300));
  moments.add(all.rightCols(199));
  const Vector mean = all.rowwise().mean();
  const Vector variance = (all.colwise() - mean).array().square().rowwise().mean();
  CHECK(moments.mean().isApprox(mean, 1e-5));
  CHECK(moments.variance().isApprox(variance, 1e-4));
}

TEST_CASE("moments of single columns and of parts are those of all columns at once", "[math]") {
  MatrixF all(3, 500);
  Rng(1).fill_normal(all.reshaped());
  all.array() += 5;
  const Vector mean = all.cast<double>().rowwise().mean();
  const Vector variance = (all.cast<double>().colwise() - mean).array().square().rowwise().mean();
  Moments first(3), second(3), none(3);
  for (Index j = 0; j < 500; ++j) (j < 123 ? first : second).add(all.col(j));
  first.add(none);
  first.add(second);
  CHECK(first.count == 500);
  CHECK(first.mean.isApprox(mean, 1e-12));
  CHECK(first.variance.isApprox(variance, 1e-12));
  none.add(first);
  CHECK(none.mean.isApprox(mean, 1e-12));
  CHECK(none.variance.isApprox(variance, 1e-12));
}

TEST_CASE("before anything is seen, moments change nothing", "[math]") {
  const RunningMoments moments(2);
  CHECK(moments.mean().isZero(0));
  CHECK(moments.inverse_std()(0) == Approx(1).epsilon(1e-7));
}

TEST_CASE("rewards are divided by the deviation of the running return", "[math]") {
  SegmentBatch batch = segment(2, 3);
  batch.rewards << 1, 2, 3, -1, 0, 4;
  batch.terminated[1] = 1;
  batch.truncated[4] = 1;
  RewardScaling scaling(0.5);
  RunningMoments moments(1);
  // Running returns by hand; the second batch goes on where no episode ended.
  moments.add(Matrix{{1, 2.5, 3, -1, -0.5, 4}});
  CHECK(scaling(batch).isApprox(batch.rewards * moments.inverse_std()(0), 1e-12));
  moments.add(Matrix{{2.5, 3.25, 3, 1, 0.5, 4}});
  CHECK(scaling(batch).isApprox(batch.rewards * moments.inverse_std()(0), 1e-12));
}

TEST_CASE("rewards are scaled as if unstable steps had not been", "[math]") {
  SegmentBatch batch = segment(1, 4);
  batch.rewards << 1, 2, 0, 3;
  batch.truncated[2] = batch.unstable[2] = 1;
  RunningMoments moments(1);
  moments.add(Matrix{{1, 2.5, 3}});
  CHECK(RewardScaling(0.5)(batch).isApprox(batch.rewards * moments.inverse_std()(0), 1e-12));
}

TEST_CASE("scaled rewards are clipped", "[math]") {
  SegmentBatch batch = segment(1, 1000);
  batch.rewards.setConstant(0);
  batch.rewards(500) = 1e6;
  const Vector scaled = RewardScaling(0)(batch);
  CHECK(scaled(500) == 10);
}

TEST_CASE("a shuffle is a permutation, and every place is as likely", "[math]") {
  Rng rng(2);
  std::vector<int> at_front(5, 0);
  for (int i = 0; i < 5000; ++i) {
    std::vector<Index> order = {0, 1, 2, 3, 4};
    shuffle(order, rng);
    ++at_front[std::size_t(order[0])];
    std::sort(order.begin(), order.end());
    REQUIRE(order == std::vector<Index>{0, 1, 2, 3, 4});
  }
  for (const int count : at_front) CHECK(std::abs(count - 1000) < 120);  // four deviations
}

TEST_CASE("explained variance is 1 for perfect and 0 for constant predictions", "[math]") {
  const Vector targets{{1, 2, 4}};
  CHECK(explained_variance(targets, targets) == 1);
  CHECK(explained_variance(targets, Vector::Constant(3, 7)) == Approx(0).margin(1e-12));
  CHECK(explained_variance(Vector::Constant(3, 1), targets) == 0);
}
