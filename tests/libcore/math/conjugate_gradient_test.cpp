#include "rlrun/math/conjugate_gradient.hpp"

#include <catch2/catch.hpp>

#include "rlrun/rng.hpp"

using namespace rlrun;

namespace {

Matrix random_positive_definite(Index n, Rng rng) {
  Matrix a(n, n);
  for (double& x : a.reshaped()) x = rng.normal();
  return a * a.transpose() + Matrix::Identity(n, n);
}

Vector random_vector(Index n, Rng rng) {
  Vector v(n);
  for (double& x : v) x = rng.normal();
  return v;
}

}  // namespace

TEST_CASE("conjugate gradient solves a system of size n in n steps", "[math]") {
  const Matrix a = random_positive_definite(12, Rng(3));
  const Vector b = random_vector(12, Rng(4));
  const auto product = [&](const Vector& v) -> Vector { return a * v; };
  const Vector x = conjugate_gradient(product, b, 12);
  CHECK((a * x - b).norm() < 1e-5 * b.norm());
}

TEST_CASE("each step of conjugate gradient lowers the error in the norm of the matrix", "[math]") {
  const Matrix a = random_positive_definite(20, Rng(5));
  const Vector solution = random_vector(20, Rng(6)), b = a * solution;
  const auto product = [&](const Vector& v) -> Vector { return a * v; };
  double last = solution.dot(a * solution);
  for (Index k = 1; k <= 10; ++k) {
    const Vector error = conjugate_gradient(product, b, k) - solution;
    const double squared = error.dot(a * error);
    CHECK(squared < last);
    last = squared;
  }
}

TEST_CASE("conjugate gradient stops when the residual is small", "[math]") {
  Index products = 0;
  const auto identity = [&](const VectorF& v) -> VectorF {
    ++products;
    return v;
  };
  const VectorF b = VectorF::LinSpaced(5, 1, 2);
  const VectorF x = conjugate_gradient(identity, b, 10);
  CHECK(products == 1);  // exact after one
  CHECK((x - b).norm() == 0);
  CHECK(conjugate_gradient(identity, VectorF::Zero(5).eval(), 10).isZero(0));
  CHECK(products == 1);
}

TEST_CASE("conjugate gradient stops at a direction of negative curvature", "[math]") {
  const auto product = [](const Vector& v) -> Vector { return -v; };
  CHECK(conjugate_gradient(product, Vector::Ones(3).eval(), 10).isZero(0));
}
