// Policies taken out of trial records.

#include "run/stored_policy.hpp"

#include <cstdlib>

#include <catch2/catch.hpp>

#include "experiment/experiment.hpp"
#include "run/run_trial.hpp"
#include "run/training_evaluation.hpp"

using namespace rlrun;

namespace {

Catalog zoo() {
  const std::filesystem::path folder =
      std::filesystem::path(std::getenv("RLRUN_BUILD")) / "tests/bad_plugins";
  return Catalog::of_folders({folder / "well_behaved", folder / "random_features"});
}

}  // namespace

TEST_CASE("a stored policy plays as it was trained, with all that it drew when it was made",
          "[play]") {
  Catalog catalog = zoo();
  LoadedPlugins plugins;
  for (const PluginFile& file : catalog.files()) plugins.load(file);
  Trial trial = make_trial(
      "tiny", "tiny_search", "random_features", {}, {.iterations = 3},
      7, [&](Kind kind, const std::string& name) -> auto& { return catalog.info(kind, name); });
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
