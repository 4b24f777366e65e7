// What a sweep would do.

#include "run/plan.hpp"

#include <cstdlib>

#include <catch2/catch.hpp>

#include "experiment/experiment.hpp"
#include "libcore/store/example_trials.hpp"
#include "run/run_trial.hpp"

using namespace rlrun;
using Catch::Contains;

namespace {

Catalog zoo() {
  const std::filesystem::path folder =
      std::filesystem::path(std::getenv("RLRUN_BUILD")) / "tests/bad_plugins";
  return Catalog::of_folders({folder / "well_behaved", folder / "misbehaving_algorithms"});
}

Trial tiny(Catalog& catalog, Budget budget, std::uint64_t seed,
           const std::string& algorithm = "tiny_search") {
  return make_trial("tiny", algorithm, "", {}, budget, seed, InfoSource(catalog));
}

}  // namespace

TEST_CASE("trials that are done side by side take as long as their busiest core", "[plan]") {
  CHECK(makespan({}, 2) == 0);
  CHECK(makespan({10}, 2) == 10);  // two cores do not halve one trial
  CHECK(makespan({10, 10, 10}, 2) == 20);
  CHECK(makespan({1, 1, 1, 10}, 2) == 11);
  CHECK(makespan({3, 4}, 1) == 7);
}

TEST_CASE("a plan knows steps, evaluations and times before anything has run", "[plan]") {
  const testing::ScratchFolder folder;
  Catalog catalog = zoo();
  std::vector<Trial> trials = {tiny(catalog, {.iterations = 1000000}, 1),
                               tiny(catalog, {.steps = 1000000}, 2),
                               tiny(catalog, {.steps = 1000000}, 3)};
  trials[2].evaluation = {.every = 300000, .episodes = 5};
  SweepOptions options;
  options.jobs = 1;
  const Plan plan = plan_sweep(trials, catalog, Store(folder.path()), options);
  REQUIRE(plan.trials.size() == 3);
  for (const PlannedTrial& trial : plan.trials) CHECK(trial.seconds > 0);
  CHECK(plan.trials[0].steps > 50000000);  // a hundred and a little each
  CHECK(plan.trials[1].steps == 1000000);
  CHECK(plan.trials[1].evaluations == 0);
  CHECK(plan.trials[2].evaluations == 4);  // three multiples and the end
  CHECK(plan.seconds ==
        Approx(plan.trials[0].seconds + plan.trials[1].seconds + plan.trials[2].seconds));
  CHECK_THAT(plan.estimated_by, Contains("each algorithm tried on each task for 0.4 s"));
  CHECK_THAT(to_text(plan), Contains("4 evaluations beside them"));
}

TEST_CASE("what a plan cannot know it does not say", "[plan]") {
  const testing::ScratchFolder folder;
  Catalog catalog = zoo();
  const Plan plan = plan_sweep(
      {tiny(catalog, {.iterations = 10}, 1, "throws_in_make"), tiny(catalog, {.steps = 10}, 1)},
      catalog, Store(folder.path()), {});
  CHECK(plan.trials[0].seconds < 0);
  CHECK(plan.trials[1].seconds >= 0);
  CHECK(plan.seconds < 0);
  CHECK_THAT(plan.estimated_by, Contains("1 trials not known"));
}

TEST_CASE("many settings of one algorithm on one task are measured once", "[plan]") {
  const testing::ScratchFolder folder;
  Catalog catalog = zoo();
  std::vector<Trial> trials;
  for (int i = 0; i < 300; ++i) {
    Trial trial = tiny(catalog, {.steps = 1000}, 1);
    (*trial.algorithm.params.if_object())[0].second = json::Value(std::int64_t{100 + i});
    trials.push_back(std::move(trial));
  }
  const Plan plan = plan_sweep(trials, catalog, Store(folder.path()), {});
  for (const PlannedTrial& trial : plan.trials) CHECK(trial.seconds == plan.trials[0].seconds);
}
