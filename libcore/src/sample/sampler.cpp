#include "sample/sampler.hpp"

#include <utility>

#include "rlrun/error.hpp"

#include "sample/collect.hpp"
#include "sample/collect_segments.hpp"
#include "sample/evaluate.hpp"
#include "sample/sample_source.hpp"
#include "sample/walks.hpp"

namespace rlrun {

struct TrialSampler::Impl {
  Impl(EnvFactory make, const Rng& rng, const SampleRules& rules)
      : source(std::move(make), rng, rules) {}

  RunningWalks& make_walks(Index n) {
    if (!walks) {
      walks = std::make_unique<RunningWalks>(source, n);
      first_walk = std::make_unique<OneWalk>(*walks);
    }
    RLRUN_CHECK(walks->size() == n, "the number of walks changed between calls");
    return *walks;
  }

  void state(Archive& archive) {
    archive("total_steps", source.total_steps);
    std::int64_t n_walks = walks ? walks->size() : 0;
    archive("walks", n_walks);
    constexpr std::int64_t kMost = 1'000'000;
    if (n_walks < 0 || n_walks > kMost)
      throw UserError("the number of stored walks makes no sense", ExitCode::kStore);
    if (n_walks > 0) make_walks(n_walks).state(archive);
    collect_segments.state(archive);
  }

  SampleSource source;
  Collect collect{source};
  Evaluate evaluate{source};
  CollectSegments collect_segments{source};
  std::unique_ptr<RunningWalks> walks;
  std::unique_ptr<OneWalk> first_walk;
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
Walks& TrialSampler::walks(Index n) {
  return impl_->make_walks(n);
}
Walk& TrialSampler::walk() {
  impl_->make_walks(1);
  return *impl_->first_walk;
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
