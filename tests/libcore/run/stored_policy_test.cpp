// Policies taken out of trial records.

#include "run/stored_policy.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include <catch2/catch.hpp>

#include "experiment/experiment.hpp"
#include "libcore/store/example_trials.hpp"
#include "run/run_trial.hpp"
#include "sample/training_evaluation.hpp"

using namespace rlrun;
using namespace rlrun::testing;

namespace {

Catalog zoo() {
  const std::filesystem::path folder =
      std::filesystem::path(std::getenv("RLRUN_BUILD")) / "tests/bad_plugins";
  return Catalog::of_folders({folder / "well_behaved", folder / "random_features"});
}

Trial tiny_trial(Catalog& catalog, Budget budget) {
  return make_trial("tiny", "tiny_search", "random_features", {}, budget, 7, InfoSource(catalog));
}

}  // namespace

TEST_CASE("a stored policy plays as it was trained, with all that it drew when it was made",
          "[play]") {
  Catalog catalog = zoo();
  LoadedPlugins plugins;
  for (const PluginFile& file : catalog.files()) plugins.load(file);
  Trial trial = tiny_trial(catalog, {.iterations = 3});
  trial.evaluation = {.every = 100, .episodes = 5};  // after each iteration
  TrialRecord record;
  REQUIRE(run_trial(trial, plugins, {}, record));
  REQUIRE(record.evaluations.steps.back() == 300);

  const StoredPolicy stored = load_policy(record, catalog, plugins);
  TrainingEvaluation again(stored.env, 5, Rng(7).fork("evaluation_during_training"));
  const std::vector<double>& returns = record.evaluations.returns;
  CHECK(again.play(*stored.policy, 3, nullptr).returns ==
        std::vector<double>(returns.end() - 5, returns.end()));
}

TEST_CASE("the last policy is evaluated and the best one kept, whenever the trial is interrupted",
          "[play]") {
  Catalog catalog = zoo();
  LoadedPlugins plugins;
  for (const PluginFile& file : catalog.files()) plugins.load(file);
  Trial trial = tiny_trial(catalog, {.iterations = 9});
  trial.evaluation = {.every = 400, .episodes = 5};
  TrialRecord record;
  REQUIRE(run_trial(trial, plugins, {}, record));
  const EvaluationCurve curve = evaluation_curve(record.evaluations);
  REQUIRE(curve.steps == std::vector<std::int64_t>{400, 800, 900});
  const auto best = std::max_element(curve.mean_return.begin(), curve.mean_return.end());
  REQUIRE(record.best_policy);
  CHECK(record.best_policy->mean_return == *best);
  CHECK(record.best_policy->steps == curve.steps[std::size_t(best - curve.mean_return.begin())]);
  // It plays as it did in that evaluation.
  const StoredPolicy stored = load_policy(record, catalog, plugins, WhichPolicy::kBest);
  CHECK(stored.steps == record.best_policy->steps);
  TrainingEvaluation again(stored.env, 5, Rng(7).fork("evaluation_during_training"));
  const EpisodeLog played =
      again.play(*stored.policy, std::uint64_t((stored.steps + 399) / 400), nullptr);
  CHECK(std::accumulate(played.returns.begin(), played.returns.end(), 0.0) / 5 == *best);

  // Stopped after each iteration and gone on with.
  const ScratchFolder folder;
  CheckpointFile checkpoint(folder.path(), "trial", "trial");
  TrialContext context;
  context.checkpoint = &checkpoint;
  context.stop_requested = [] { return true; };
  TrialRecord resumed;
  int lives = 1;
  while (!run_trial(trial, plugins, context, resumed)) ++lives;
  CHECK(lives == 9);
  CHECK(same_evaluations(resumed.evaluations, record.evaluations));
  CHECK(same_best(resumed.best_policy, record.best_policy));

  trial.evaluation = {};
  REQUIRE(run_trial(trial, plugins, {}, record));
  CHECK_FALSE(record.best_policy);
  CHECK_THROWS_WITH(load_policy(record, catalog, plugins, WhichPolicy::kBest),
                    Catch::Contains("made no evaluations"));
}
