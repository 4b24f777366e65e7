#include "rlrun/nn/observation_input.hpp"

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

using namespace rlrun;
using nn::ObservationInput;

namespace {

MatrixF seen(const ObservationInput& input, const MatrixF& observations) {
  MatrixF out = MatrixF::Constant(input.size(), observations.cols(), 7);
  input.apply(observations, out);
  Workspace workspace;
  CHECK(input.view(observations, workspace) == out);
  return out;
}

}  // namespace

TEST_CASE("one choice becomes an indicator for each", "[nn]") {
  const ObservationInput input(Discrete{4});
  REQUIRE(input.size() == 4);
  CHECK(input.one_hot().on());
  CHECK(seen(input, MatrixF{{0, 3, 1}}) == MatrixF{{1, 0, 0}, {0, 0, 1}, {0, 0, 0}, {0, 1, 0}});
}

TEST_CASE("several choices become their indicators, one after the other", "[nn]") {
  const ObservationInput input(MultiDiscrete{{2, 3, 1}});
  REQUIRE(input.size() == 6);
  CHECK(seen(input, MatrixF{{1, 0}, {2, 0}, {0, 0}}).transpose() ==
        MatrixF{{0, 1, 0, 0, 1, 1}, {1, 0, 1, 0, 0, 1}});
}

TEST_CASE("what is no choice fails the trial and is named", "[nn]") {
  const ObservationInput input(Discrete{16});
  const auto see = [&](float value) { return seen(input, MatrixF::Constant(1, 1, value)); };
  CHECK_THROWS_AS(see(16), TrialError);
  CHECK_THROWS_WITH(see(16), "an observation entry is 16, which is none of the choices 0 to 15");
  CHECK_THROWS_WITH(see(2.5), Catch::Contains("is 2.5,"));
  CHECK_THROWS_WITH(see(-1), Catch::Contains("is -1,"));
  CHECK_THROWS_AS(see(std::numeric_limits<float>::quiet_NaN()), TrialError);
  CHECK_THROWS_AS(see(std::numeric_limits<float>::infinity()), TrialError);
}

TEST_CASE("numbers are seen as they are, without a copy", "[nn]") {
  const ObservationInput input(unbounded(3));
  REQUIRE(input.size() == 3);
  CHECK_FALSE(input.one_hot().on());
  const MatrixF observations = MatrixF::Random(3, 5);
  CHECK(seen(input, observations) == observations);
  Workspace workspace;
  CHECK(input.view(observations, workspace).data() == observations.data());
}
