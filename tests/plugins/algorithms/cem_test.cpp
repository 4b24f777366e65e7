#include "../../../plugins/algorithms/cem/cem.cpp"

#include "support.hpp"

using namespace rlrun;
using algorithms::Cem;
using algorithms::Elites;

namespace {

// A policy that is nothing but its parameters.
class Point final : public Policy {
 public:
  explicit Point(Index n) : params_(VectorF::Zero(n)) {}
  [[nodiscard]] std::unique_ptr<Policy> clone() const override {
    return std::make_unique<Point>(*this);
  }
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override { params_ = params; }
  void act(const ActInput&, MatrixFOut actions, Workspace&) const override {
    actions.setConstant(params_(0));
  }

 private:
  VectorF params_;
};

// Scores parameters by a function; episodes of `length` steps.
class Objective final : public Sampler {
 public:
  explicit Objective(Index length) : length_(length) {}
  Evaluation evaluate(const Policy&, MatrixFIn thetas, Index, double) override {
    waves.push_back(thetas.cols());
    Evaluation result;
    result.returns = result.discounted_returns = thetas.row(0).transpose().cast<double>();
    result.steps = thetas.cols() * length_;
    result.failed.assign(static_cast<std::size_t>(thetas.cols()), 0);
    for (Index i = 0; i < std::min(failing, thetas.cols()); ++i) result.failed[std::size_t(i)] = 1;
    return result;
  }
  Batch collect(const Policy&, Index) override { return {}; }
  const SegmentBatch& collect_segments(const Policy&, Index, Index) override { return none_; }
  Walks& walks(Index) override { throw std::logic_error("not used"); }
  Walk& walk() override { throw std::logic_error("not used"); }

  std::vector<Index> waves;
  Index failing = 0;  // so many of each wave have no score

 private:
  Index length_;
  SegmentBatch none_;
};

EnvSpec spec() {
  return {unbounded(1), box(1, -1, 1), 10};
}

void iterate(Cem& cem, Sampler& sampler, Index index, std::uint64_t seed) {
  Metrics metrics;
  Iteration it{index, 0, Rng(seed).fork(static_cast<std::uint64_t>(index)), sampler, metrics};
  cem.iterate(it);
}

}  // namespace

TEST_CASE("candidates without a score are counted and left out of the elites", "[algorithm]") {
  Cem::Params params;
  params.population = 10;
  params.elite_fraction = 1;
  params.batch_steps = 0;
  Cem cem(params, std::make_unique<Point>(1), spec(), Rng(1));
  Objective sampler(1);
  sampler.failing = 7;
  Metrics metrics;
  Iteration it{0, 0, Rng(1), sampler, metrics};
  cem.iterate(it);
  CHECK(metrics.at("failed_candidates") == 7);
  CHECK(metrics.at("elite_score_min") < metrics.at("elite_score_max"));
  sampler.failing = 10;
  CHECK_THROWS_WITH(cem.iterate(it), Catch::Contains("no candidate has a score"));
}

TEST_CASE("cem keeps the algorithm contract", "[algorithm]") {
  const auto make = [](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<Algorithm> {
    Cem::Params params;
    params.population = 12;
    params.elite_fraction = 0.25;
    params.batch_steps = 500;
    return support::with_gaussian<Cem>(params, task, rng);
  };
  contracts::check_algorithm(make, toys::factory<toys::Regulator>());
}

TEST_CASE("on a linear objective cem moves by k1 sigma and shrinks by k2", "[algorithm]") {
  // The expected mean and standard deviation of the best share of a large normal sample.
  struct Law {
    double fraction, k1, k2;
  };
  const Law law = GENERATE(Law{0.05, 2.06271, 0.37159}, Law{0.1, 1.75498, 0.41126},
                           Law{0.2, 1.39981, 0.46759}, Law{0.5, 0.79788, 0.60281});
  Cem::Params params;
  params.population = 50'000;
  params.elite_fraction = law.fraction;
  params.batch_steps = 0;
  params.extra_std = 0;
  params.initial_std = 1.5;
  Cem cem(params, std::make_unique<Point>(2), spec(), Rng(1));
  Objective objective(1);
  iterate(cem, objective, 0, 7);

  CHECK(objective.waves == std::vector<Index>{50'000});
  const double elites = 50'000 * law.fraction;
  const double error = 5 * 1.5 / std::sqrt(elites);  // generous: five standard errors
  CHECK(std::abs(cem.mean()(0) - 1.5 * law.k1) < error);
  CHECK(std::abs(cem.std()(0) - 1.5 * law.k2) < error);
  // The objective does not look at the second coordinate.
  CHECK(std::abs(cem.mean()(1)) < error);
  CHECK(std::abs(cem.std()(1) - 1.5) < error);
}

TEST_CASE("without extra noise the whole travel of cem is finite", "[algorithm]") {
  Cem::Params params;
  params.population = 20'000;
  params.elite_fraction = 0.1;
  params.batch_steps = 0;
  params.extra_std = 0;
  Cem cem(params, std::make_unique<Point>(1), spec(), Rng(1));
  Objective objective(1);
  for (Index i = 0; i < 15; ++i) iterate(cem, objective, i, 3);
  CHECK(cem.mean()(0) == Approx(2.981).epsilon(0.02));  // k1 / (1 - k2)
  CHECK(cem.std()(0) < 1e-4);
}

TEST_CASE("the variance of the extra noise falls linearly and widens only the sampling",
          "[algorithm]") {
  Cem::Params params;
  params.population = 100'000;
  params.elite_fraction = 0.5;
  params.batch_steps = 0;
  params.initial_std = 1;
  params.extra_std = 2;
  params.extra_decay = 10;
  for (const Index index : {Index{0}, Index{5}, Index{10}, Index{20}}) {
    Cem cem(params, std::make_unique<Point>(1), spec(), Rng(1));
    Objective objective(1);
    iterate(cem, objective, index, 9);
    const double left = std::max(0.0, 1 - static_cast<double>(index) / 10);
    CHECK(cem.mean()(0) == Approx(0.79788 * std::sqrt(1 + 4 * left)).epsilon(0.03));
  }
}

TEST_CASE("cem draws until the steps fill the budget, with little excess", "[algorithm]") {
  Cem::Params params;
  params.population = 100;
  params.batch_steps = 50'000;
  for (const Index length : {Index{500}, Index{490}, Index{300}, Index{8}, Index{499}}) {
    Cem cem(params, std::make_unique<Point>(1), spec(), Rng(1));
    Objective objective(length);
    iterate(cem, objective, 0, 1);
    Index candidates = 0;
    for (const Index wave : objective.waves) {
      CHECK(wave <= 100);
      candidates += wave;
    }
    CHECK(objective.waves.front() == 100);
    CHECK(candidates * length >= 50'000);
    CHECK(candidates * length < 50'000 + 4 * length);
  }
}

TEST_CASE("the number of elites is that of the nominal population", "[algorithm]") {
  const auto count = [](std::int64_t population, double fraction) {
    Cem::Params params;
    params.population = population;
    params.elite_fraction = fraction;
    return Cem::elite_count(params);
  };
  CHECK(count(100, 0.05) == 5);
  CHECK(count(100, 0.29) == 29);
  CHECK(count(10, 0.05) == 1);
  CHECK(count(10, 1) == 10);
}

TEST_CASE("the elites are the best of all that were offered", "[algorithm]") {
  Elites elites;
  elites.reset(1, 3);
  for (const double score : {1.0, 5.0, 2.0, 4.0, 4.0, 0.0, 6.0})
    elites.offer(VectorF::Constant(1, static_cast<float>(score)), score);
  CHECK(elites.worst() == 4);
  CHECK(elites.best() == 6);
  CHECK(elites.thetas().sum() == 15);
}

TEST_CASE("cem solves the regulator", "[algorithm]") {
  const EnvFactory env = toys::factory<toys::Regulator>();
  support::Trial trial(env);
  Cem::Params params;
  params.population = 60;
  params.elite_fraction = 0.2;
  params.batch_steps = 0;
  params.extra_std = 0.2;
  params.extra_decay = 15;
  const auto cem = support::with_gaussian<Cem>(params, trial.spec(), Rng(5), 0.3);
  trial.iterate(*cem, 25);
  const double reached = toys::greedy_mean_return(env, cem->policy());
  const double best = toys::Regulator::best_mean_return();
  const double idle = toys::Regulator::idle_mean_return();
  CHECK(reached > best + 0.1 * (idle - best));
}

TEST_CASE("cem does not search what observations are normalised with", "[algorithm]") {
  support::Trial trial(toys::factory<support::Haze>());
  Cem::Params params;
  params.population = 10;
  params.elite_fraction = 0.3;
  params.batch_steps = 0;
  const auto cem = support::with_gaussian<Cem>(params, trial.spec(), Rng(1), 1, {8}, true);
  CHECK(cem->mean().size() == cem->policy().params().size() - 2);
  trial.iterate(*cem, 2);
  CHECK(cem->policy().params().head(cem->mean().size()) == cem->mean().cast<float>());
}

TEST_CASE("cem keeps the moments that observations are normalised with", "[algorithm]") {
  Cem::Params params;
  params.population = 10;
  params.elite_fraction = 0.3;
  params.batch_steps = 300;
  support::check_normalizes<Cem>(params);
}
