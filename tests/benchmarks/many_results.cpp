// Fills a result folder as if an experiment had been swept, with results of one iteration that are
// made up, to measure what reading many of them takes:
//
//   many_results FILE DIR
//   rlrun sweep FILE --results DIR    merges; the second time there is nothing to do
//   rlrun table DIR; rlrun status DIR; rlrun digest DIR

#include <cstdio>
#include <fstream>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "experiment/experiment.hpp"
#include "run/provenance.hpp"
#include "run/run_trial.hpp"
#include "store/store.hpp"

namespace rlrun {
namespace {

TrialRecord record_of(const Trial& trial, const std::string& id) {
  TrialRecord record;
  record.id = id;
  record.label = trial.label();
  record.config = trial.config();
  Curves& curves = record.curves;
  curves.steps = {20};
  curves.episodes = {1};
  curves.terminated = curves.unstable = {0};
  curves.mean_return = curves.min_return =
      curves.max_return = {static_cast<double>(trial.seed % 10)};
  curves.std_return = {0};
  curves.mean_length = {20};
  record.episodes = {curves.mean_return, {20}, {0}};
  record.policy_params = VectorF::Zero(10);
  record.wall_seconds = 0.01;
  return record;
}

void fill(const std::string& file, const std::filesystem::path& folder) {
  Catalog catalog(std::vector<std::filesystem::path>{});
  const Experiment experiment = load_experiment(
      file,
      {}, [&](Kind kind, const std::string& name) -> auto& { return catalog.info(kind, name); });
  const Store store(folder);
  store.create();
  store.write_plan(experiment.source, experiment.trials);
  const std::vector<std::string> ids = ids_of(experiment.trials);
  const Code code = code_of(plugins_of(experiment.trials.front(), catalog));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    TrialRecord record = record_of(experiment.trials[i], ids[i]);
    record.provenance = Provenance(1).finish(code);
    std::ofstream(store.trial_path(ids[i]), std::ios::binary) << encode_trial(record);
  }
}

}  // namespace
}  // namespace rlrun

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    rlrun::fill(argv[1], argv[2]);
    return 0;
  } catch (const rlrun::UserError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
}
