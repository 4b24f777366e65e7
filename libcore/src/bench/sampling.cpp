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

using Names = std::vector<std::string>;
const Names kSamplingEnvs = {"hopper",        "walker2d",        "half_cheetah",
                             "gym/Hopper-v5", "gym/Walker2d-v5", "gym/HalfCheetah-v5",
                             "gym/Ant-v5",    "gym/Humanoid-v5"};
const Names kTrainingEnvs = {"hopper", "walker2d", "half_cheetah"};

const Names& or_default(const Names& wanted, const Names& usual) {
  return wanted.empty() ? usual : wanted;
}

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

// Keeps what an algorithm collects, for the bare loop to play again.
class RecordingSampler final : public Sampler {
 public:
  RecordingSampler(const EnvFactory& make, const Rng& rng) : inner_(make, rng) {}
  void begin(Index iteration, bool record) {
    inner_.take_log();
    inner_.begin_iteration(iteration);
    record_ = record;
  }
  [[nodiscard]] const Batch& last_batch() const { return batch_; }
  [[nodiscard]] double copying_seconds() const { return copying_seconds_; }

  Batch collect(const Policy& policy, Index min_steps) override {
    Batch batch = inner_.collect(policy, min_steps);
    if (record_) copying_seconds_ = seconds_of([&] { batch_ = batch; });
    return batch;
  }
  const SegmentBatch& collect_segments(const Policy& policy, Index slots, Index length) override {
    return inner_.collect_segments(policy, slots, length);
  }
  Evaluation evaluate(const Policy& policy, MatrixFIn thetas, Index episodes,
                      double discount) override {
    return inner_.evaluate(policy, thetas, episodes, discount);
  }
  Walk& walk() override { return inner_.walk(); }

 private:
  TrialSampler inner_;
  Batch batch_;
  bool record_ = false;
  double copying_seconds_ = 0;
};

}  // namespace

void sampling(const Options& options, const Catalog& catalog, const Report& report) {
  LoadedPlugins& plugins = *new LoadedPlugins();  // outlives whatever uses its code
  for (const std::string& name : or_default(options.envs, kSamplingEnvs)) {
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
  // Long enough for episodes of the length that most of a training has.
  constexpr int kIterations = 60, kCompareEvery = 5;
  LoadedPlugins& plugins = *new LoadedPlugins();
  if (const PluginFile* file = catalog.find(Kind::kAlgorithm, "trpo")) plugins.load(*file);
  for (const std::string& name : or_default(options.envs, kTrainingEnvs)) {
    const EnvFactory make = env_named(name, catalog, plugins);
    const EnvSpec spec = make()->spec();
    for (const int threads : options.threads) {
      set_thread_count(threads);
      const AlgorithmEntry& entry = plugins.algorithm("trpo");
      json::Value values = with_defaults(entry.visit_defaults);
      values["max_kl"] = 0.05;
      JsonReader params(values);
      const std::unique_ptr<Algorithm> trpo =
          entry.make(params, policy_with(kDuanWidths, spec, plugins), spec, Rng(1));
      RecordingSampler sampler(make, Rng(1));
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
