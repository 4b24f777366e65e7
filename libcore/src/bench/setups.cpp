#include "bench/setups.hpp"

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "plugin/fields.hpp"

namespace rlrun::bench {
namespace {

constexpr Index kGroups = 4;  // as many as `collect` has slices at the size that is measured

}  // namespace

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

std::unique_ptr<Policy> gaussian_policy(const std::vector<std::int64_t>& hidden,
                                        const EnvSpec& spec, LoadedPlugins& plugins,
                                        const json::Object& more) {
  json::Array widths;
  for (const std::int64_t width : hidden) widths.emplace_back(width);
  const PolicyEntry& entry = plugins.policy("gaussian_mlp");
  json::Value values = with_defaults(entry.visit_defaults);
  values["hidden"] = std::move(widths);
  for (const auto& [name, value] : more) values[name] = value;
  JsonReader params(values);
  return entry.make(params, spec, Rng(1));
}

BareLoop::BareLoop(const EnvFactory& make) {
  for (Index g = 0; g < kGroups; ++g) {
    envs_.push_back(make());
    engines_.push_back(envs_.back()->bare_engine());
  }
  observations_.resize(envs_[0]->spec().obs_dim(), kGroups);
}

void BareLoop::play(const Batch& batch) {
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

BareSegments::BareSegments(const EnvFactory& make, Index slots, const Rng& root)
    : episodes_(static_cast<std::size_t>(slots), 0) {
  for (Index s = 0; s < slots; ++s) {
    envs_.push_back(make());
    engines_.push_back(envs_.back()->bare_engine());
    streams_.push_back(root.fork("segments").fork(static_cast<std::uint64_t>(s)));
  }
  observations_.resize(envs_[0]->spec().obs_dim(), slots);
  for (Index s = 0; s < slots; ++s) reset(s);
}

void BareSegments::reset(Index slot) {
  const auto s = static_cast<std::size_t>(slot);
  envs_[s]->reset(streams_[s].fork(episodes_[s]++), observations_.col(slot));
}

void BareSegments::play(const SegmentBatch& batch) {
  RLRUN_CHECK(batch.slots == static_cast<Index>(envs_.size()));
  parallel_for(batch.slots, [&](Index s) {
    Env& env = *envs_[std::size_t(s)];
    BareEngine* const engine = engines_[std::size_t(s)];
    for (Index column = s * batch.length; column < (s + 1) * batch.length; ++column) {
      if (engine != nullptr)
        engine->engine_step(batch.actions.col(column));
      else
        env.step(batch.actions.col(column), observations_.col(s));
      if (batch.terminated[std::size_t(column)] != 0 || batch.truncated[std::size_t(column)] != 0)
        reset(s);
    }
  });
}

void KeepingSampler::begin(Index iteration, bool keep_batch) {
  take_log();
  begin_iteration(iteration);
  keep_batch_ = keep_batch;
}

Batch KeepingSampler::collect(const Policy& policy, Index min_steps) {
  Batch batch = TrialSampler::collect(policy, min_steps);
  if (keep_batch_) copying_seconds_ = seconds_of([&] { batch_ = batch; });
  return batch;
}

const SegmentBatch& KeepingSampler::collect_segments(const Policy& policy, Index slots,
                                                     Index length) {
  segments_ = &TrialSampler::collect_segments(policy, slots, length);
  return *segments_;
}

}  // namespace rlrun::bench
