// PPO against the bare engine calls of the same episodes, from the same initial states.

#include <memory>

#include <fmt/format.h>

#include "rlrun/parallel.hpp"

#include "bench/setups.hpp"
#include "plugin/fields.hpp"

namespace rlrun::bench {
namespace {

struct Setting {
  std::int64_t n_envs, rollout_steps, minibatch_size, epochs;
  std::vector<std::int64_t> hidden;
  int iterations;
};

// The usual settings for these tasks, with one environment and with as many steps of eight.
const std::vector<Setting> kEngineSettings = {{1, 2048, 64, 10, {64, 64}, 40},
                                              {8, 256, 64, 10, {64, 64}, 40}};
// A task that costs next to nothing.
const std::string kPendulum = "gym/Pendulum-v1";
const std::vector<std::string> kTasks = {"gym/HalfCheetah-v5", "gym/Hopper-v5", "gym/Walker2d-v5",
                                         kPendulum};
const Setting kPendulumSetting = {64, 128, 1024, 1, {32, 32}, 100};

json::Array list(const std::vector<std::int64_t>& numbers) {
  json::Array values;
  for (const std::int64_t number : numbers) values.emplace_back(number);
  return values;
}

void measure(const std::string& env, const Setting& s, int threads, const Catalog& catalog,
             LoadedPlugins& plugins, const Report& report) {
  const EnvFactory make = env_named(env, catalog, plugins);
  const EnvSpec spec = make()->spec();
  const AlgorithmEntry& entry = plugins.algorithm("ppo");
  json::Value values = with_defaults(entry.visit_defaults);
  values["n_envs"] = s.n_envs;
  values["rollout_steps"] = s.rollout_steps;
  values["minibatch_size"] = s.minibatch_size;
  values["epochs"] = s.epochs;
  values["value_hidden"] = list(s.hidden);
  JsonReader params(values);
  const std::unique_ptr<Algorithm> ppo =
      entry.make(params,
                 gaussian_policy(s.hidden, spec, plugins,
                                 {{"init", "orthogonal"}, {"normalize_observations", true}}),
                 spec, Rng(1));
  const Rng root(1);
  KeepingSampler sampler(make, root);
  BareSegments bare(make, s.n_envs, root);
  double train_time = 0, bare_time = 0;
  Index steps = 0;
  // In turns, iteration by iteration. The first one also makes instances and buffers.
  for (int index = 0; index < s.iterations; ++index) {
    Metrics metrics;
    sampler.begin(index, false);
    Iteration it{index, static_cast<double>(index) / s.iterations,
                 root.fork("iteration").fork(std::uint64_t(index)), sampler, metrics};
    const double train = seconds_of([&] { ppo->iterate(it); });
    const double alone = seconds_of([&] { bare.play(sampler.last_segments()); });
    if (index == 0) continue;
    train_time += train;
    bare_time += alone;
    steps += s.n_envs * s.rollout_steps;
  }
  report({.part = "training",
          .name = fmt::format("{}, PPO {}-{}, {} x {} steps", env, s.hidden[0], s.hidden[1],
                              s.n_envs, s.rollout_steps),
          .threads = threads,
          .value = static_cast<double>(steps) / train_time,
          .limit = static_cast<double>(steps) / bare_time,
          .unit = "steps/s",
          .limit_name = bare.bare() ? "bare engine calls of the same episodes"
                                    : "steps of the tasks of the same episodes",
          .ratio = bare_time / train_time});
}

}  // namespace

void ppo_training(const Options& options, const Catalog& catalog, const Report& report) {
  LoadedPlugins& plugins = *new LoadedPlugins();  // outlives whatever uses its code
  if (const PluginFile* file = catalog.find(Kind::kAlgorithm, "ppo")) plugins.load(*file);
  for (const int threads : options.threads) {
    set_thread_count(threads);
    for (const std::string& env : or_default(options.envs, kTasks)) {
      if (env == kPendulum)
        measure(env, kPendulumSetting, threads, catalog, plugins, report);
      else
        for (const Setting& setting : kEngineSettings)
          measure(env, setting, threads, catalog, plugins, report);
    }
  }
  set_thread_count(1);
}

}  // namespace rlrun::bench
