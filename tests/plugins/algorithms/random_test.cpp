#include "../../../plugins/algorithms/random/random.cpp"

#include "rlrun/policies/uniform.hpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::Random;

namespace {

std::unique_ptr<Algorithm> make(const EnvSpec& spec, const Rng& rng) {
  Random::Params params;
  params.batch_steps = 200;
  return std::make_unique<Random>(
      params, std::make_unique<Uniform>(Uniform::Params{}, spec, rng.fork("policy")), spec, rng);
}

}  // namespace

TEST_CASE("random keeps the algorithm contract", "[algorithm]") {
  contracts::check_algorithm(make, toys::factory<toys::Regulator>());
}

TEST_CASE("random earns what uniform actions earn", "[algorithm]") {
  support::Trial trial(toys::factory<toys::Target>());
  Random::Params params;
  params.batch_steps = 20'000;
  Random random(params, std::make_unique<Uniform>(Uniform::Params{}, trial.spec(), Rng(3)),
                trial.spec(), Rng(4));
  trial.iterate(random);
  const SampleLog log = trial.sampler().take_log();
  CHECK(log.steps >= 20'000);
  double sum = 0;
  for (const double value : log.episodes.returns) sum += value;
  // a ~ U(-1, 1): E[-(a - 1/2)^2] = -(1/3 + 1/4); the standard deviation of one is 0.609.
  CHECK(std::abs(sum / 20'000 + 7.0 / 12) < 4 * 0.609 / std::sqrt(20'000));
}

TEST_CASE("random keeps the moments that observations are normalised with", "[algorithm]") {
  Random::Params params;
  params.batch_steps = 400;
  support::check_normalizes<Random>(params);
}
