#include <memory>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "bench/bench.hpp"
#include "plugin/fields.hpp"
#include "plugin/loader.hpp"
#include "run/sampler.hpp"

namespace rlrun::bench {
namespace {

constexpr Index kSteps = 20000;
constexpr Index kGroups = 4;  // as many as the sampler has slices at this size

json::Value with_defaults(const std::function<void(Fields&)>& visit) {
  SchemaCollector collector;
  visit(collector);
  return defaults(collector.schema);
}

EnvFactory env_named(const std::string& name, const Catalog& catalog, LoadedPlugins& plugins) {
  if (const PluginFile* file = catalog.find(Kind::kEnv, name)) plugins.load(*file);
  const EnvEntry& entry = plugins.env(name);
  const json::Value values = with_defaults(entry.visit_defaults);
  JsonReader params(values);
  return entry.make(params);
}

// A Gaussian policy with the given widths.
std::unique_ptr<Policy> policy_with(const std::vector<std::int64_t>& hidden, const EnvSpec& spec,
                                    LoadedPlugins& plugins) {
  json::Array widths;
  for (const std::int64_t width : hidden) widths.emplace_back(width);
  const PolicyEntry& entry = plugins.policy("gaussian_mlp");
  json::Value values = with_defaults(entry.visit_defaults);
  values["hidden"] = std::move(widths);
  JsonReader params(values);
  return entry.make(params, spec, Rng(1));
}

const std::vector<std::int64_t> kDuanWidths = {100, 50, 25};

// Plays the actions of a batch again with nothing but the engine: the limit of any sampler.
class BareLoop {
 public:
  explicit BareLoop(const EnvFactory& make) {
    for (Index g = 0; g < kGroups; ++g) {
      envs_.push_back(make());
      engines_.push_back(dynamic_cast<BareEngine*>(envs_.back().get()));
    }
    observations_.resize(envs_[0]->spec().obs_dim(), kGroups);
  }
  [[nodiscard]] bool possible() const { return engines_[0] != nullptr; }

  void play(const Batch& batch) {
    // Neighbouring episodes, so that each group has about as many steps.
    std::vector<std::size_t> ends;
    Index steps = 0;
    const Index total = n_steps(batch);
    for (std::size_t e = 0; e < batch.size(); ++e) {
      steps += batch[e].length();
      while (static_cast<Index>(ends.size()) < kGroups &&
             steps * kGroups >= total * static_cast<Index>(ends.size() + 1))
        ends.push_back(e + 1);
    }
    ends.back() = batch.size();
    parallel_for(kGroups, [&](Index g) {
      for (std::size_t e = g == 0 ? 0 : ends[std::size_t(g - 1)]; e < ends[std::size_t(g)]; ++e) {
        envs_[std::size_t(g)]->reset(Rng(e), observations_.col(g));
        for (Index t = 0; t < batch[e].length(); ++t)
          engines_[std::size_t(g)]->engine_step(batch[e].actions.col(t));
      }
    });
  }

 private:
  std::vector<std::unique_ptr<Env>> envs_;
  std::vector<BareEngine*> engines_;
  MatrixF observations_;
};

}  // namespace

void sampling(const Options& options, const Catalog& catalog, const Report& report) {
  LoadedPlugins& plugins = *new LoadedPlugins();  // outlives whatever uses its code
  for (const std::string& name : options.envs) {
    const EnvFactory make = env_named(name, catalog, plugins);
    const std::unique_ptr<Policy> policy = policy_with({64, 64}, make()->spec(), plugins);
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

void training(const Options& options, const Catalog& catalog, const Report& report) {
  constexpr Index kIterations = 3, kBatch = 50000;
  LoadedPlugins& plugins = *new LoadedPlugins();
  if (const PluginFile* file = catalog.find(Kind::kAlgorithm, "trpo")) plugins.load(*file);
  for (const std::string& name : options.envs) {
    const EnvFactory make = env_named(name, catalog, plugins);
    const EnvSpec spec = make()->spec();
    for (const int threads : options.threads) {
      set_thread_count(threads);
      const AlgorithmEntry& entry = plugins.algorithm("trpo");
      const json::Value values = with_defaults(entry.visit_defaults);
      JsonReader params(values);
      const std::unique_ptr<Algorithm> trpo =
          entry.make(params, policy_with(kDuanWidths, spec, plugins), spec, Rng(1));
      TrialSampler sampler(make, Rng(1));
      std::int64_t index = 0;
      const auto iterate = [&] {
        Metrics metrics;
        sampler.begin_iteration(index);
        Iteration it{index, 0, Rng(1).fork(std::uint64_t(index)), sampler, metrics};
        trpo->iterate(it);
        sampler.take_log();
        ++index;
      };
      BareLoop bare(make);
      TrialSampler random(make, Rng(2));
      const Batch batch = random.collect(*policy_with(kDuanWidths, spec, plugins), kBatch);
      const std::int64_t before = sampler.total_steps();
      const auto [train_time, bare_time] =
          in_turns(static_cast<int>(kIterations), iterate, [&] { bare.play(batch); });
      const double steps = static_cast<double>(sampler.total_steps() - before) / (kIterations + 1);
      const double limit = static_cast<double>(n_steps(batch)) / bare_time;
      report({.part = "training",
              .name = name + ", TRPO 100-50-25, 50,000 steps",
              .threads = threads,
              .value = steps / train_time,
              .limit = limit,
              .unit = "steps/s",
              .limit_name = "bare engine calls, untrained policy",
              .ratio = steps / train_time / limit});
    }
    set_thread_count(1);
  }
}

}  // namespace rlrun::bench
