#include "rlrun/learners/samples.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/math/normals.hpp"
#include "rlrun/parallel.hpp"

using namespace rlrun;

namespace {

// The value of a state is ten times its only entry.
class TenTimes final : public Baseline {
 public:
  [[nodiscard]] Vector predict(const Episode& episode) const override {
    return 10 * episode.observations.row(0).transpose().cast<double>();
  }
  void fit(const Batch&, VectorIn) override {}
  void state(Archive&) override {}
};

Episode episode(Index length, bool terminated, float first) {
  Episode e;
  e.observations =
      first + VectorF::LinSpaced(length + 1, 0, static_cast<float>(length)).transpose().array();
  e.actions = MatrixF::Constant(2, length, first);
  e.rewards = Vector::LinSpaced(length, 1, static_cast<double>(length));
  e.terminated = terminated;
  return e;
}

}  // namespace

TEST_CASE("samples stand side by side in the order of the batch", "[math]") {
  const Batch batch = {episode(3, true, 0), episode(2, false, 10)};
  const Samples samples = flatten(batch, TenTimes(), {.discount = 0.5});
  REQUIRE(samples.size() == 5);
  const VectorF expected = (VectorF(5) << 0, 1, 2, 10, 11).finished();
  CHECK(samples.observations.row(0).transpose() == expected);
  CHECK(samples.actions.col(2) == VectorF::Constant(2, 0.0F));
  CHECK(samples.actions.col(3) == VectorF::Constant(2, 10.0F));
  CHECK(samples.returns(0) == Approx(1 + 0.5 * 2 + 0.25 * 3));
  CHECK(samples.returns(3) == Approx(1 + 0.5 * 2));
}

TEST_CASE("the value at the time limit counts only if that is asked for", "[math]") {
  const Batch batch = {episode(3, true, 0), episode(2, false, 10)};
  const Samples samples =
      flatten(batch, TenTimes(), {.discount = 0.5, .bootstrap_at_time_limit = true});
  CHECK(samples.returns(2) == Approx(3));                             // terminated
  CHECK(samples.returns(3) == Approx(1 + 0.5 * 2 + 0.25 * 10 * 12));  // cut off at state 12
}

TEST_CASE("where the simulation broke down, the value always counts", "[math]") {
  Batch batch = {episode(3, true, 0), episode(2, false, 10)};
  batch[1].unstable = true;
  for (const bool bootstrap : {true, false}) {
    const Samples samples =
        flatten(batch, TenTimes(), {.discount = 0.5, .bootstrap_at_time_limit = bootstrap});
    CHECK(samples.returns(3) == Approx(1 + 0.5 * 2 + 0.25 * 10 * 12));
  }
}

TEST_CASE("advantages of chosen entries are standardised among them", "[math]") {
  Vector values{{1, 50, 3, 70}};
  standardise(values, {0, 2});
  CHECK(values.isApprox(Vector{{-1, 50, 1, 70}}, 1e-6));
}

TEST_CASE("advantages are returns minus values, standardised", "[math]") {
  const Batch batch = {episode(3, true, 0), episode(2, false, 10)};
  const Samples samples = flatten(batch, TenTimes(), {.discount = 0.5});
  const Vector raw = samples.returns - (Vector(5) << 0, 10, 20, 100, 110).finished();
  const Vector centred = raw.array() - raw.mean();
  const double deviation = std::sqrt(centred.squaredNorm() / 5);
  CHECK((samples.advantages - centred / deviation).norm() < 1e-7);
  CHECK(samples.advantages.mean() == Approx(0).margin(1e-12));
  CHECK(samples.advantages.squaredNorm() / 5 == Approx(1).epsilon(1e-7));
}

TEST_CASE("equal advantages stay finite", "[math]") {
  Vector values = Vector::Constant(4, 3.0);
  standardise(values);
  CHECK(values.isZero(1e-12));
}

TEST_CASE("a batch without steps fails the trial", "[math]") {
  CHECK_THROWS_AS(flatten({}, TenTimes(), {}), TrialError);
}

namespace {

// Steps that are numbered, in episodes that start at these columns.
Samples numbered(Index n, std::vector<Index> starts) {
  Samples samples;
  samples.observations = VectorF::LinSpaced(n, 0, static_cast<float>(n - 1)).transpose();
  samples.returns = Vector::Zero(n);
  samples.starts = std::move(starts);
  return samples;
}

}  // namespace

TEST_CASE("steps are sampled without replacement, each equally often", "[math]") {
  const Samples samples = numbered(10, {0, 4});
  Vector counts = Vector::Zero(10);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const MatrixF chosen = sample_steps(samples, 0.3, false, Rng(1).fork(i)).observations;
    REQUIRE(chosen.cols() == 3);
    CHECK(chosen(0, 0) < chosen(0, 1));
    CHECK(chosen(0, 1) < chosen(0, 2));
    for (const float x : chosen.reshaped()) counts(static_cast<Index>(x)) += 1;
  }
  // 600 expected, standard deviation 20.5.
  CHECK((counts.array() - 600).abs().maxCoeff() < 4.5 * 20.5);
  CHECK(sample_steps(samples, 1, false, Rng(2)).observations == samples.observations);
  CHECK(sample_steps(samples, 0.01, false, Rng(2)).observations.cols() == 1);
}

TEST_CASE("whole episodes are sampled, as few as hold the share", "[math]") {
  const Samples samples = numbered(12, {0, 3, 7, 8});
  const std::vector<Index> ends = {3, 7, 8, 12};
  for (std::uint64_t i = 0; i < 50; ++i) {
    const SomeSteps some = sample_steps(samples, 0.4, true, Rng(1).fork(i));  // at least 4
    REQUIRE(some.starts.front() == 0);
    Index steps = 0, last = 0;
    for (const Index start : some.starts) {
      const auto first = static_cast<Index>(some.observations(0, start));
      const auto episode = std::find(samples.starts.begin(), samples.starts.end(), first);
      REQUIRE(episode != samples.starts.end());
      last = ends[std::size_t(episode - samples.starts.begin())] - first;
      for (Index t = 0; t < last; ++t)
        CHECK(some.observations(0, start + t) == static_cast<float>(first + t));
      steps += last;
    }
    CHECK(steps == some.observations.cols());
    CHECK(steps >= 4);
  }
  CHECK(sample_steps(samples, 1, true, Rng(2)).starts == samples.starts);
}

TEST_CASE("a prefix of the steps knows its episodes", "[math]") {
  const Samples samples = numbered(12, {0, 3, 7, 8});
  CHECK(samples.first_steps(7).starts.size() == 2);
  CHECK(samples.first_steps(8).starts.size() == 3);
  CHECK(samples.first_steps(8).columns.cols() == 8);
}

TEST_CASE("bulk normal numbers have the moments and tails of the normal distribution", "[math]") {
  constexpr Index kCount = 1'000'001;  // odd: the last block is cut inside a pair
  VectorF values(kCount);
  Rng rng(7);
  fill_standard_normal(rng, values);
  REQUIRE(values.allFinite());
  const Eigen::ArrayXd x = values.cast<double>().array();
  const double n = kCount;
  // Five standard errors of each moment.
  CHECK(std::abs(x.mean()) < 5 / std::sqrt(n));
  CHECK(std::abs(x.square().mean() - 1) < 5 * std::sqrt(2 / n));
  CHECK(std::abs(x.cube().mean()) < 5 * std::sqrt(15 / n));
  CHECK(std::abs(x.square().square().mean() - 3) < 5 * std::sqrt(96 / n));
  const double beyond_two = (x.abs() > 2).cast<double>().mean();
  CHECK(std::abs(beyond_two - 0.0455003) < 5 * std::sqrt(0.0455 / n));
  const double beyond_four = (x.abs() > 4).cast<double>().sum();  // 63.3 expected
  CHECK(std::abs(beyond_four - 63.3) < 5 * std::sqrt(63.3));
  // Partners of a pair, and neighbours, are independent.
  const Index half = 256;
  CHECK(std::abs((x.head(half) * x.segment(half, half)).mean()) < 5 / std::sqrt(double(half)));
  CHECK(std::abs((x.head(kCount - 1) * x.tail(kCount - 1)).mean()) < 5 / std::sqrt(n));

  Rng same(7), other(8);
  VectorF again(1000), different(1000);
  fill_standard_normal(same, again);
  fill_standard_normal(other, different);
  CHECK((again.head(512) == values.head(512)));  // whole blocks
  CHECK_FALSE((again == different));
}
