#include "rlrun/baselines/linear_feature.hpp"

#include <algorithm>

#include <Eigen/Cholesky>
#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/rng.hpp"

#include "check/memory_archive.hpp"

using namespace rlrun;

namespace {

Batch random_batch(Index obs_dim, std::initializer_list<Index> lengths, float scale = 1) {
  Batch batch;
  Rng rng(11);
  for (const Index length : lengths) {
    Episode& e = batch.emplace_back();
    e.observations.resize(obs_dim, length + 1);
    rng.fill_normal(e.observations.reshaped());
    e.observations *= scale;
    e.actions.setZero(1, length);
    e.rewards.resize(length);
    for (double& r : e.rewards) r = rng.normal();
  }
  return batch;
}

Vector features(const Episode& e, Index t) {
  const Vector c = e.observations.col(t).cast<double>().cwiseMax(-10).cwiseMin(10);
  const double u = static_cast<double>(t) / 100;
  Vector f(2 * c.size() + 4);
  f << c, c.cwiseProduct(c), u, u * u, u * u * u, 1;
  return f;
}

}  // namespace

TEST_CASE("before the first fit the baseline is zero", "[baseline]") {
  const Batch batch = random_batch(3, {5});
  CHECK(LinearFeatureBaseline().predict(batch[0]) == Vector::Zero(6));
}

TEST_CASE("the fit solves the ridge regression on the published features", "[baseline]") {
  // Episodes of many lengths, one longer than a block of columns; large entries are clipped.
  const Batch batch = random_batch(3, {1, 700, 2, 40, 333}, 8);
  Vector targets(n_steps(batch));
  Rng rng(5);
  for (double& x : targets) x = 100 * rng.normal();

  Matrix phi(10, targets.size());
  Index n = 0;
  for (const Episode& e : batch)
    for (Index t = 0; t < e.length(); ++t) phi.col(n++) = features(e, t);
  const Matrix normal = phi * phi.transpose() + 1e-5 * Matrix::Identity(10, 10);
  const Vector expected = normal.ldlt().solve(phi * targets);

  LinearFeatureBaseline baseline;
  baseline.fit(batch, targets);
  REQUIRE(baseline.coefficients().size() == 10);
  CHECK((baseline.coefficients() - expected).norm() < 1e-8 * expected.norm());

  const Vector predicted = baseline.predict(batch[1]);
  REQUIRE(predicted.size() == 701);
  CHECK(predicted(700) == Approx(expected.dot(features(batch[1], 700))));
  CHECK(predicted(3) == Approx(expected.dot(features(batch[1], 3))));
}

TEST_CASE("what is linear in the features is learned exactly", "[baseline]") {
  const Batch batch = random_batch(2, {200, 300, 150});
  const Vector weights = (Vector(8) << 1, -2, 0.5, 3, -4, 5, -6, 7).finished();
  Vector targets(n_steps(batch));
  Index n = 0;
  for (const Episode& e : batch)
    for (Index t = 0; t < e.length(); ++t) targets(n++) = weights.dot(features(e, t));
  LinearFeatureBaseline baseline;
  baseline.fit(batch, targets);
  CHECK((baseline.predict(batch[0]).head(200) - targets.head(200)).norm() < 1e-3);
}

TEST_CASE("of one-hot choices each has a value of its own", "[baseline]") {
  // The value of a state is no polynomial of its number.
  Batch batch = random_batch(1, {400, 300});
  const float values[] = {3, -1, 7, 7, 0};
  Rng rng(3);
  Vector targets(n_steps(batch));
  Index n = 0;
  for (Episode& e : batch) {
    for (float& state : e.observations.reshaped()) state = static_cast<float>(rng.below(5));
    for (Index t = 0; t < e.length(); ++t)
      targets(n++) = double{values[static_cast<std::size_t>(e.observations(0, t))]};
  }
  LinearFeatureBaseline baseline{nn::OneHot(Discrete{5})};
  CHECK(baseline.predict(batch[0]) == Vector::Zero(401));
  baseline.fit(batch, targets);
  REQUIRE(baseline.coefficients().size() == 5 + 4);
  CHECK((baseline.predict(batch[0]).head(400) - targets.head(400)).norm() < 1e-3);
}

TEST_CASE("constant observations leave the normal equations solvable", "[baseline]") {
  Batch batch = random_batch(4, {50, 60});
  for (Episode& e : batch) e.observations.setOnes();
  LinearFeatureBaseline baseline;
  baseline.fit(batch, Vector::Constant(110, 2.5));
  CHECK(baseline.predict(batch[0])(10) == Approx(2.5).epsilon(1e-4));
}

TEST_CASE("targets that are not finite fail the trial", "[baseline]") {
  const Batch batch = random_batch(2, {20});
  LinearFeatureBaseline baseline;
  Vector targets = Vector::Ones(20);
  targets(3) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(baseline.fit(batch, targets), TrialError);
}

TEST_CASE("the fit does not depend on the threads and survives saving", "[baseline]") {
  const Batch batch = random_batch(5, {1, 900, 30, 500});
  Vector targets(n_steps(batch));
  Rng rng(2);
  for (double& x : targets) x = rng.normal();
  LinearFeatureBaseline one, four, restored;
  one.fit(batch, targets);
  set_thread_count(4);
  four.fit(batch, targets);
  set_thread_count(1);
  CHECK(one.coefficients() == four.coefficients());

  MemoryArchive saving;
  one.state(saving);
  MemoryArchive restoring(saving.content());
  restored.state(restoring);
  CHECK(restored.coefficients() == one.coefficients());
}
