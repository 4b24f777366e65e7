#include "rlrun/nn/optimiser.hpp"

#include <cmath>

#include <catch2/catch.hpp>

using namespace rlrun;

namespace {

// Where two steps along the gradients 2 and -1 lead from 0.
double after_two_steps(const char* name, double epsilon) {
  nn::Optimiser optimiser(name, 1, epsilon);
  VectorF param = VectorF::Zero(1);
  optimiser.step(param, VectorF::Constant(1, 2.0F), 0.1);
  optimiser.step(param, VectorF::Constant(1, -1.0F), 0.1);
  return double{param(0)};
}

}  // namespace

TEST_CASE("the optimisers' first steps, computed by hand", "[nn]") {
  CHECK(after_two_steps("sgd", 1e-5) == Approx(-0.1));
  // v = 0.04, then 0.0396 + 0.01.
  CHECK(after_two_steps("rmsprop", 0.5) ==
        Approx(-0.2 / (0.2 + 0.5) + 0.1 / (std::sqrt(0.0496) + 0.5)).epsilon(1e-5));
  // v = 0.99 + 0.04, then 0.99 * 1.03 + 0.01.
  CHECK(after_two_steps("rmsprop_tf", 0.5) ==
        Approx(-0.2 / std::sqrt(1.03 + 0.5) + 0.1 / std::sqrt(1.0297 + 0.5)).epsilon(1e-5));
  nn::Adam adam(1, {.epsilon = 0.5});
  VectorF param = VectorF::Zero(1);
  adam.step(param, VectorF::Constant(1, 2.0F), 0.1);
  adam.step(param, VectorF::Constant(1, -1.0F), 0.1);
  CHECK(after_two_steps("adam", 0.5) == double{param(0)});
}

TEST_CASE("long gradients are shortened to a norm, short ones are left alone", "[nn]") {
  VectorF gradient{{3, 4}};
  CHECK(nn::clip_norm(gradient, 0) == Approx(5));
  CHECK(gradient == VectorF{{3, 4}});
  CHECK(nn::clip_norm(gradient, 6) == Approx(5));
  CHECK(gradient == VectorF{{3, 4}});
  CHECK(nn::clip_norm(gradient, 0.5) == Approx(5));
  CHECK(double{gradient.norm()} == Approx(0.5).epsilon(1e-5));
  CHECK(double{gradient(1) / gradient(0)} == Approx(4.0 / 3));
}
