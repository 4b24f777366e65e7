#pragma once
// The sampler behind the public interface.

#include <atomic>
#include <limits>
#include <memory>

#include "rlrun/archive.hpp"
#include "rlrun/env.hpp"
#include "rlrun/sampler.hpp"

#include "trial/trial_record.hpp"

namespace rlrun {

/// What the sampler counted since the last call of `take_log`.
struct SampleLog {
  EpisodeLog episodes;
  std::int64_t steps = 0;
};

/// What a trial lays down for its samples.
struct SampleRules {
  double unstable_penalty = 0;  ///< What breaking the simulation costs; 0: not declared, see Slot.
  std::int64_t budget_steps = std::numeric_limits<std::int64_t>::max();
  bool* budget_noticed = nullptr;  ///< Set where what happens depends on it; null: nobody asks.
};

/// Environments in slots, stepped in lockstep by slices; see sample_source.hpp.
class TrialSampler : public Sampler {
 public:
  TrialSampler(EnvFactory factory, Rng rng, const SampleRules& rules = {});
  ~TrialSampler() override;

  Batch collect(const Policy& policy, Index min_steps) override;
  const SegmentBatch& collect_segments(const Policy& policy, Index slots, Index length) override;
  Evaluation evaluate(const Policy& policy, MatrixFIn thetas, Index episodes,
                      double discount) override;
  Walks& walks(Index n) override;
  Walk& walk() override;

  [[nodiscard]] const EnvSpec& spec() const;
  /// Another instance of the environment. Throws TrialError if it has other sizes.
  [[nodiscard]] std::unique_ptr<Env> instance() const;
  void begin_iteration(Index index);
  SampleLog take_log();
  /// Steps since the start of the trial, also of the running iteration.
  [[nodiscard]] std::int64_t total_steps() const;
  /// Counts steps as they are taken; null: nobody watches.
  void set_ticker(std::atomic<std::int64_t>* ticker);
  /// Visits what later iterations depend on: running episodes (as their stream and actions,
  /// replayed on restoring) and counters.
  void state(Archive& archive);
  /// Throws UserError (exit code 5) if restored episodes have the memory of another policy.
  void check_memory(const Policy& policy) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rlrun
