#include "rlrun/nn/adam.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "rlrun/rng.hpp"

using namespace rlrun;

TEST_CASE("Adam's first steps, computed by hand", "[nn]") {
  // After one step mhat = g and vhat = g^2: a step of the learning rate against the sign. For a
  // constant gradient the corrected moments stay g and g^2, and so do the steps.
  nn::Adam constant(3);
  VectorF params = VectorF::Zero(3);
  const VectorF gradient{{2.0F, -0.01F, 0.0F}};
  for (int t = 1; t <= 5; ++t) {
    constant.step(params, gradient, 0.1);
    CHECK(params(0) == Approx(-0.1 * t).epsilon(1e-5));
    CHECK(params(1) == Approx(0.1 * t).epsilon(1e-5));
    CHECK(params(2) == 0);
  }

  // g = 1, then -1, with b1 = 1/2, b2 = 3/4, epsilon 1:
  // step 1: mhat = 1, vhat = 1: -1 / 2.
  // step 2: m = 1/4 - 1/2 = -1/4, mhat = -1/3; v = 3/16 + 1/4 = 7/16, vhat = 1: +1/3 / 2.
  nn::Adam optimiser(1, {.beta1 = 0.5, .beta2 = 0.75, .epsilon = 1});
  VectorF one = VectorF::Zero(1);
  optimiser.step(one, VectorF::Constant(1, 1.0F), 1);
  CHECK(one(0) == Approx(-0.5));
  optimiser.step(one, VectorF::Constant(1, -1.0F), 1);
  CHECK(one(0) == Approx(-0.5 + 1.0 / 6));
}

TEST_CASE("Adam follows the formula in double precision for long", "[nn]") {
  const Index n = 1500;  // more than one block
  nn::Adam optimiser(n);
  VectorF params = VectorF::Zero(n);
  Vector expected = Vector::Zero(n), m = Vector::Zero(n), v = Vector::Zero(n);
  VectorF gradient(n);
  Rng rng(1);
  for (int t = 1; t <= 300; ++t) {
    rng.fill_normal(gradient);
    optimiser.step(params, gradient, 1e-2);
    const Vector g = gradient.cast<double>();
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g.cwiseProduct(g);
    const double c1 = 1 - std::pow(0.9, t), c2 = 1 - std::pow(0.999, t);
    expected.array() -= 1e-2 * (m / c1).array() / ((v / c2).array().sqrt() + 1e-8);
  }
  CHECK((params.cast<double>() - expected).cwiseAbs().maxCoeff() < 1e-5);
}
