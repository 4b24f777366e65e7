// Whole updates of SAC and TD3, with acting, storing and drawing, against the machine's matrix
// product on as many threads.

#include <algorithm>
#include <memory>

#include "rlrun/parallel.hpp"

#include "bench/setups.hpp"
#include "plugin/fields.hpp"

namespace rlrun::bench {
namespace {

struct Setting {
  const char* name;
  Index observations, actions, width, batch, steps;
};

// Costs next to nothing, so that what is measured is the learner.
class Noise final : public Env {
 public:
  explicit Noise(const Setting& s)
      : spec_{unbounded(s.observations), box(s.actions, -1, 1), 1000} {}
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    rng_ = rng;
    rng_.fill_uniform(observation, -1, 1);
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    rng_.fill_uniform(observation, -1, 1);
    return {.reward = double{action(0)}};
  }

 private:
  EnvSpec spec_;
  Rng rng_;
};

// Multiplications and additions of the matrix products in an update with networks of two equal
// hidden layers. A pass costs as many products as there are weights: forward, for the gradient of
// the weights, and for that of the inputs (which the first layer has only where it is asked for).
// Nothing else is counted: activations, densities, sums, Adam and targets come on top.
double update_flops(const std::string& algorithm, const Setting& s) {
  const auto weights = [&](Index in, Index out) {
    return static_cast<double>(in * s.width + s.width * s.width + s.width * out);
  };
  const Index critic_inputs = s.observations + s.actions;
  const double critic = weights(critic_inputs, 1);
  const auto critic_first = static_cast<double>(critic_inputs * s.width);
  const double actor = weights(s.observations, algorithm == "sac" ? 2 * s.actions : s.actions);
  const auto actor_first = static_cast<double>(s.observations * s.width);
  // Next actions; both targets; both values forward and back to their weights.
  const double evaluation = actor + 2 * critic + 2 * (3 * critic - critic_first);
  // Actions forward and back; through one or both critics forward and back to the action.
  const double policy = 3 * actor - actor_first;
  const double improvement =
      algorithm == "sac" ? policy + 4 * critic : (policy + 2 * critic) / 2;  // every second time
  return 2 * (evaluation + improvement) * static_cast<double>(s.batch);
}

std::unique_ptr<Algorithm> make_algorithm(const std::string& name, const Setting& s,
                                          const EnvSpec& spec, LoadedPlugins& plugins) {
  const json::Array hidden = {s.width, s.width};
  const AlgorithmEntry& entry = plugins.algorithm(name);
  const PolicyEntry& policy_entry = plugins.policy(entry.default_policy);
  json::Value policy_values = with_defaults(policy_entry.visit_defaults);
  policy_values["hidden"] = hidden;
  JsonReader policy_params(policy_values);

  json::Value values = with_defaults(entry.visit_defaults);
  values["critic_hidden"] = hidden;
  values["batch_size"] = s.batch;
  values["random_steps"] = values["warmup_steps"] = s.batch;
  values["replay_capacity"] = 100'000;
  values["steps_per_iteration"] = s.steps;
  JsonReader params(values);
  return entry.make(params, policy_entry.make(policy_params, spec, Rng(1)), spec, Rng(2));
}

void measure(const std::string& algorithm, const Setting& s, int threads, int rounds,
             LoadedPlugins& plugins, const Report& report) {
  set_thread_count(threads);
  const EnvFactory make = [s] { return std::make_unique<Noise>(s); };
  TrialSampler sampler(make, Rng(1));
  const std::unique_ptr<Algorithm> learner = make_algorithm(algorithm, s, sampler.spec(), plugins);
  std::int64_t index = 0;
  const auto iterate = [&] {
    Metrics metrics;
    sampler.begin_iteration(index);
    Iteration it{index, 0, Rng(1).fork(static_cast<std::uint64_t>(index)), sampler, metrics};
    learner->iterate(it);
    sampler.take_log();
    ++index;
  };
  for (int i = 0; i <= s.batch / s.steps; ++i) iterate();  // until it learns

  std::vector<double> updates, peaks;
  for (int round = 0; round < rounds; ++round) {
    updates.push_back(seconds_of(iterate));
    peaks.push_back(peak_gflops(threads));
  }
  const double peak = median(peaks);
  const double time = median(updates) / static_cast<double>(s.steps);
  const double rate = update_flops(algorithm, s) / time / 1e9;
  report({.part = "learner",
          .name = algorithm + " " + s.name + ", " + std::to_string(std::int64_t(1 / time)) +
                  " updates/s",
          .threads = threads,
          .value = rate,
          .limit = peak,
          .unit = "GFLOP/s",
          .limit_name = "best product of floats on as many threads",
          .ratio = rate / peak});
}

}  // namespace

void updating(const Options& options, const Catalog& catalog, const Report& report) {
  const Setting large{"256-256, batch 256", 17, 6, 256, 256, 30};
  const Setting small{"64-64, batch 100", 3, 1, 64, 100, 500};
  LoadedPlugins& plugins = *new LoadedPlugins();  // outlives whatever uses its code
  for (const char* name : {"sac", "td3"})
    if (const PluginFile* file = catalog.find(Kind::kAlgorithm, name)) plugins.load(*file);
  for (const int threads : options.threads) {
    measure("sac", large, threads, options.rounds, plugins, report);
    measure("td3", large, threads, options.rounds, plugins, report);
    measure("sac", small, threads, options.rounds, plugins, report);
  }
  set_thread_count(1);
}

}  // namespace rlrun::bench
