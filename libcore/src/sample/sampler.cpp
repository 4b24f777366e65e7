#include "sample/sampler.hpp"

#include <utility>

#include "sample/collect.hpp"
#include "sample/collect_segments.hpp"
#include "sample/evaluate.hpp"
#include "sample/sample_source.hpp"
#include "sample/slot.hpp"

namespace rlrun {

struct TrialSampler::Impl final : Walk {
  Impl(EnvFactory make, const Rng& rng, const SampleRules& rules)
      : source(std::move(make), rng, rules) {}

  Walk& walk() {
    if (!walker) walker = std::make_unique<RunningSlot>(source.slot(), source.root.fork("walk"));
    return *this;
  }
  [[nodiscard]] bool at_start() const override { return walker->at_start(); }
  [[nodiscard]] const VectorF& observation() const override { return walker->observation(); }
  [[nodiscard]] const VectorF& next_observation() const override {
    return walker->next_observation();
  }
  Step step(VectorFIn action) override {
    const Step step = walker->step(action, source.log.episodes);
    source.count(1);
    source.tick(1);
    return step;
  }

  void state(Archive& archive) {
    archive("total_steps", source.total_steps);
    bool walking = walker != nullptr;
    archive("walking", walking);
    if (walking) {
      walk();
      walker->state(archive);
    }
    collect_segments.state(archive);
  }

  SampleSource source;
  Collect collect{source};
  Evaluate evaluate{source};
  CollectSegments collect_segments{source};
  std::unique_ptr<RunningSlot> walker;
};

TrialSampler::TrialSampler(EnvFactory factory, Rng rng, const SampleRules& rules)
    : impl_(std::make_unique<Impl>(std::move(factory), rng, rules)) {}
TrialSampler::~TrialSampler() = default;

Batch TrialSampler::collect(const Policy& policy, Index min_steps) {
  return impl_->collect(policy, min_steps);
}
const SegmentBatch& TrialSampler::collect_segments(const Policy& policy, Index slots,
                                                   Index length) {
  return impl_->collect_segments(policy, slots, length);
}
Evaluation TrialSampler::evaluate(const Policy& policy, MatrixFIn thetas, Index episodes,
                                  double discount) {
  return impl_->evaluate(policy, thetas, episodes, discount);
}
Walk& TrialSampler::walk() {
  return impl_->walk();
}
std::unique_ptr<Env> TrialSampler::instance() const {
  return impl_->source.instance();
}
const EnvSpec& TrialSampler::spec() const {
  return impl_->source.spec;
}
void TrialSampler::begin_iteration(Index index) {
  impl_->source.iteration = static_cast<std::uint64_t>(index);
  impl_->source.call = 0;
}
SampleLog TrialSampler::take_log() {
  return std::exchange(impl_->source.log, {});
}
void TrialSampler::set_ticker(std::atomic<std::int64_t>* ticker) {
  impl_->source.ticker = ticker;
}
std::int64_t TrialSampler::total_steps() const {
  return impl_->source.total_steps;
}
void TrialSampler::state(Archive& archive) {
  impl_->state(archive);
}
void TrialSampler::check_memory(const Policy& policy) const {
  impl_->collect_segments.check_memory(policy);
}

}  // namespace rlrun
