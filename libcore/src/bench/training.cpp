// Whole training against the bare engine calls of the same episodes.

#include <memory>

#include "rlrun/parallel.hpp"

#include "bench/setups.hpp"
#include "plugin/fields.hpp"

namespace rlrun::bench {
namespace {

const std::vector<std::int64_t> kDuanWidths = {100, 50, 25};
const std::vector<std::string> kTrainingEnvs = {"hopper", "walker2d", "half_cheetah"};

}  // namespace

void training(const Options& options, const Catalog& catalog, const Report& report) {
  if (options.algorithm != "ppo") trpo_training(options, catalog, report);
  if (options.algorithm != "trpo") ppo_training(options, catalog, report);
}

void trpo_training(const Options& options, const Catalog& catalog, const Report& report) {
  // Long enough for episodes of the length that most of a training has.
  constexpr int kIterations = 60, kCompareEvery = 5;
  LoadedPlugins& plugins = *new LoadedPlugins();
  if (const PluginFile* file = catalog.find(Kind::kAlgorithm, "trpo")) plugins.load(*file);
  for (const std::string& name : or_default(options.envs, kTrainingEnvs)) {
    const EnvFactory make = env_named(name, catalog, plugins);
    const EnvSpec spec = make()->spec();
    if (!BareLoop(make).possible()) continue;  // PPO is compared with whole steps of the task
    for (const int threads : options.threads) {
      set_thread_count(threads);
      const AlgorithmEntry& entry = plugins.algorithm("trpo");
      json::Value values = with_defaults(entry.visit_defaults);
      values["max_kl"] = 0.05;
      JsonReader params(values);
      const std::unique_ptr<Algorithm> trpo =
          entry.make(params, gaussian_policy(kDuanWidths, spec, plugins), spec, Rng(1));
      KeepingSampler sampler(make, Rng(1));
      BareLoop bare(make);
      double train_time = 0, bare_time = 0;
      Index steps = 0;
      for (int index = 0; index < kIterations; ++index) {
        Metrics metrics;
        sampler.begin(index, index % kCompareEvery == 0);
        Iteration it{index, 0, Rng(1).fork(std::uint64_t(index)), sampler, metrics};
        const double time = seconds_of([&] { trpo->iterate(it); });
        // The first iteration also makes instances and buffers.
        if (index == 0 || index % kCompareEvery != 0) continue;
        train_time += time - sampler.copying_seconds();
        bare_time += seconds_of([&] { bare.play(sampler.last_batch()); });
        steps += n_steps(sampler.last_batch());
      }
      report({.part = "training",
              .name = name + ", TRPO 100-50-25, 50,000 steps",
              .threads = threads,
              .value = static_cast<double>(steps) / train_time,
              .limit = static_cast<double>(steps) / bare_time,
              .unit = "steps/s",
              .limit_name = "bare engine calls of the same episodes",
              .ratio = bare_time / train_time});
    }
    set_thread_count(1);
  }
}

}  // namespace rlrun::bench
