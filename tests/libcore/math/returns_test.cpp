#include "rlrun/math/returns.hpp"

#include <catch2/catch.hpp>

using rlrun::discounted_returns;
using rlrun::gae;
using rlrun::Index;
using rlrun::Vector;

namespace {

Vector vec(std::initializer_list<double> values) {
  Vector v(static_cast<Index>(values.size()));
  std::copy(values.begin(), values.end(), v.data());
  return v;
}

void check_equal(const Vector& found, const Vector& expected, double tolerance = 1e-5) {
  REQUIRE(found.size() == expected.size());
  for (Index i = 0; i < found.size(); ++i) CHECK(found(i) == Approx(expected(i)).margin(tolerance));
}

}  // namespace

// The published check vectors are those of the tests of DeepMind's rlax.

TEST_CASE("generalised advantages match the published vectors", "[math]") {
  const Vector rewards = vec({0, 0, 1, 0, -0.5}), values = vec({1, 4, -3, -2, -1, -1});
  check_equal(gae(rewards, values, 0.99, 1.0), vec({-1.45119, -4.45575, 2.53965, 0.5249, -0.49}));
  check_equal(gae(rewards, values, 0.99, 0.7), vec({-0.676979, -5.248167, 2.48461, 0.67043, -0.49}),
              1e-6);
}

TEST_CASE("a discount of zero separates episodes", "[math]") {
  const Vector rewards = vec({0, 0, 0, 0, 1}), values = vec({-3, -2, -1, 0, 5, -1});
  const Vector discounts = vec({.9, .9, .9, 0, .9});
  check_equal(gae(rewards, values, discounts, 1.0), vec({3, 2, 1, 0, -4.9}), 1e-12);
  check_equal(gae(rewards, values, discounts, 0.7), vec({2.2899, 1.73, 1, 0, -4.9}), 1e-12);
}

TEST_CASE("advantages plus values are lambda-returns", "[math]") {
  const Vector rewards = vec({1, 0, -1, 0, 1}), discounts = vec({.5, .9, 1, .5, .8});
  const Vector values = vec({7, 3, 1, 5, -5, 3});  // the first does not matter
  check_equal(gae(rewards, values, discounts, 0.75) + values.head(5),
              vec({1.6460547, 0.7228125, 0.7375, 0.65, 3.4}), 1e-7);
  check_equal(gae(rewards, values, discounts, 1.0) + values.head(5),
              vec({1.315, 0.63, 0.7, 1.7, 3.4}), 1e-12);
}

TEST_CASE("advantages with lambda 1 are discounted returns minus values", "[math]") {
  const Vector rewards = vec({1, -2, 3, 0.5}), values = vec({0.3, -0.2, 4, 1, -7});
  check_equal(gae(rewards, values, 0.9, 1.0),
              discounted_returns(rewards, 0.9, values(4)) - values.head(4), 1e-12);
  // lambda 0: one-step residuals
  CHECK(gae(rewards, values, 0.9, 0.0)(1) == Approx(-2 + 0.9 * 4 + 0.2));
}

TEST_CASE("discounted returns are geometric sums", "[math]") {
  const Vector ones = Vector::Ones(50);
  const Vector returns = discounted_returns(ones, 0.5, 2);
  CHECK(returns(49) == Approx(2));  // 2 = 1 + 0.5 * 2 is the fixed point
  CHECK(returns(0) == Approx(2));
  CHECK(discounted_returns(ones, 1.0)(0) == Approx(50));
  CHECK(discounted_returns(Vector(0), 0.9).size() == 0);
}
