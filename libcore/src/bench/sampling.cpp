#include <memory>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "bench/setups.hpp"

namespace rlrun::bench {
namespace {

constexpr Index kSteps = 20000;
const std::vector<std::string> kSamplingEnvs = {
    "hopper",          "walker2d",           "half_cheetah", "gym/Hopper-v5",
    "gym/Walker2d-v5", "gym/HalfCheetah-v5", "gym/Ant-v5",   "gym/Humanoid-v5"};

}  // namespace

void sampling(const Options& options, const Catalog& catalog, const Report& report) {
  LoadedPlugins& plugins = *new LoadedPlugins();  // outlives whatever uses its code
  for (const std::string& name : or_default(options.envs, kSamplingEnvs)) {
    const EnvFactory make = env_named(name, catalog, plugins);
    const std::unique_ptr<Policy> policy = gaussian_policy({64, 64}, make()->spec(), plugins);
    BareLoop bare(make);
    if (!bare.possible())
      throw UserError("bench: " + name + " has no bare engine loop to compare with",
                      ExitCode::kUsage);
    for (const int threads : options.threads) {
      set_thread_count(threads);
      TrialSampler sampler(make, Rng(1));
      Batch batch;
      const auto [sampling_time, bare_time] = in_turns(
          options.rounds,
          [&] {
            sampler.begin_iteration(0);
            batch = sampler.collect(*policy, kSteps);
          },
          [&] { bare.play(batch); });
      const auto steps = static_cast<double>(n_steps(batch));
      report({.part = "sampler",
              .name = name,
              .threads = threads,
              .value = steps / sampling_time,
              .limit = steps / bare_time,
              .unit = "steps/s",
              .limit_name = "bare engine calls of the same episodes",
              .ratio = bare_time / sampling_time});
    }
    set_thread_count(1);
  }
}

}  // namespace rlrun::bench
