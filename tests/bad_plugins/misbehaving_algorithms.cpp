// Algorithms that break one promise each while they are used.

#include <cstdlib>
#include <limits>
#include <stdexcept>

#include <unistd.h>

#include "rlrun/parallel.hpp"

#include "tiny.hpp"

namespace {

using namespace bad;

// Defines a method whose `misbehave` is the given statements.
#define MISBEHAVES(Name, ...)                                               \
  struct Name : TinyAlgorithm {                                             \
    using TinyAlgorithm::TinyAlgorithm;                                     \
    void misbehave([[maybe_unused]] Iteration& it) override { __VA_ARGS__ } \
  };

MISBEHAVES(ThrowsInIterate, throw std::runtime_error("the paper has a hole here");)
MISBEHAVES(ThrowsIntInIterate, throw 42;)
int* volatile nowhere = nullptr;
MISBEHAVES(SegfaultsInIterate, *nowhere = 1;)
MISBEHAVES(ExitsInIterate, std::exit(0);)
MISBEHAVES(HangsInIterate, for (;;) pause();)
MISBEHAVES(NanParameters,
           policy_->set_params(VectorF::Constant(best_params_.size(),
                                                 std::numeric_limits<float>::quiet_NaN()));)
MISBEHAVES(NanActions,
           policy_->set_params(VectorF::Constant(best_params_.size(),
                                                 std::numeric_limits<float>::quiet_NaN()));
           static_cast<void>(it.sampler.collect(*policy_, params_.batch_steps));)
// The result depends on the number of threads.
MISBEHAVES(CountsThreads,
           policy_->set_params(policy_->params() * (1 + 0.01f * float(thread_count())));)
// The result depends on what the process did before.
int calls = 0;
MISBEHAVES(RemembersAcrossTrials,
           policy_->set_params(policy_->params() * (1 + 0.01f * float(++calls)));)

#undef MISBEHAVES

// Does not save what it found best.
struct ForgetsState : TinyAlgorithm {
  using TinyAlgorithm::TinyAlgorithm;
  void state(Archive& archive) override {
    VectorF params = policy_->params();
    archive("params", params);
    policy_->set_params(params);
  }
};
struct ThrowsInMake : TinyAlgorithm {
  ThrowsInMake(const Params& params, std::unique_ptr<Policy> policy, const EnvSpec& spec, Rng rng)
      : TinyAlgorithm(params, std::move(policy), spec, rng) {
    throw std::runtime_error("no such optimiser");
  }
};
// Never asks the sampler for a step.
struct TakesNoStep : TinyAlgorithm {
  using TinyAlgorithm::TinyAlgorithm;
  void iterate(Iteration&) override {}
};

void register_all(Registry& registry) {
  add_algorithm<ThrowsInMake>(registry, "throws_in_make");
  add_algorithm<ThrowsInIterate>(registry, "throws_in_iterate");
  add_algorithm<ThrowsIntInIterate>(registry, "throws_int_in_iterate");
  add_algorithm<SegfaultsInIterate>(registry, "segfaults_in_iterate");
  add_algorithm<ExitsInIterate>(registry, "exits_in_iterate");
  add_algorithm<HangsInIterate>(registry, "hangs_in_iterate");
  add_algorithm<NanParameters>(registry, "nan_parameters");
  add_algorithm<NanActions>(registry, "nan_actions");
  add_algorithm<CountsThreads>(registry, "counts_threads");
  add_algorithm<RemembersAcrossTrials>(registry, "remembers_across_trials");
  add_algorithm<ForgetsState>(registry, "forgets_state");
  add_algorithm<TakesNoStep>(registry, "takes_no_step");
}

}  // namespace

RLRUN_PLUGIN("misbehaving_algorithms", "1.0.0",
             "algorithm:throws_in_make algorithm:throws_in_iterate algorithm:throws_int_in_iterate "
             "algorithm:segfaults_in_iterate algorithm:exits_in_iterate algorithm:hangs_in_iterate "
             "algorithm:nan_parameters algorithm:nan_actions algorithm:counts_threads "
             "algorithm:remembers_across_trials "
             "algorithm:forgets_state algorithm:takes_no_step",
             register_all)
