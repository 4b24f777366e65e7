#pragma once
// Tasks, policies and limits that the parts of the benchmark share.

#include <memory>
#include <string>
#include <vector>

#include "rlrun/episode.hpp"

#include "bench/bench.hpp"
#include "plugin/loader.hpp"
#include "sample/sampler.hpp"

namespace rlrun::bench {

/// The parameters of an entry, all at their defaults.
json::Value with_defaults(const std::function<void(Fields&)>& visit);
EnvFactory env_named(const std::string& name, const Catalog& catalog, LoadedPlugins& plugins);
/// A Gaussian policy with the given widths and, on top, other parameters.
std::unique_ptr<Policy> gaussian_policy(const std::vector<std::int64_t>& hidden,
                                        const EnvSpec& spec, LoadedPlugins& plugins,
                                        const json::Object& more = {});

inline const std::vector<std::string>& or_default(const std::vector<std::string>& wanted,
                                                  const std::vector<std::string>& usual) {
  return wanted.empty() ? usual : wanted;
}

/// Plays the actions of a batch again with nothing but the engine: the limit of any sampler.
class BareLoop {
 public:
  explicit BareLoop(const EnvFactory& make);
  [[nodiscard]] bool possible() const { return engines_[0] != nullptr; }
  void play(const Batch& batch);

 private:
  std::vector<std::unique_ptr<Env>> envs_;
  std::vector<BareEngine*> engines_;
  MatrixF observations_;
};

/// The same for segments, batch after batch, from the initial states that the sampler met; whole
/// steps where a task has no bare engine.
class BareSegments {
 public:
  /// `root` is the stream of the sampler.
  BareSegments(const EnvFactory& make, Index slots, const Rng& root);
  [[nodiscard]] bool bare() const { return engines_[0] != nullptr; }
  void play(const SegmentBatch& batch);

 private:
  void reset(Index slot);

  std::vector<std::unique_ptr<Env>> envs_;
  std::vector<BareEngine*> engines_;
  std::vector<Rng> streams_;
  std::vector<std::uint64_t> episodes_;  // begun so far
  MatrixF observations_;
};

/// Keeps what an algorithm has collected in an iteration, for a bare loop to play again.
class KeepingSampler final : public TrialSampler {
 public:
  using TrialSampler::TrialSampler;
  /// A batch is kept as a copy, where it is wanted; segments stay where they are.
  void begin(Index iteration, bool keep_batch);
  [[nodiscard]] const Batch& last_batch() const { return batch_; }
  [[nodiscard]] const SegmentBatch& last_segments() const { return *segments_; }
  [[nodiscard]] double copying_seconds() const { return copying_seconds_; }

  Batch collect(const Policy& policy, Index min_steps) override;
  const SegmentBatch& collect_segments(const Policy& policy, Index slots, Index length) override;

 private:
  Batch batch_;
  const SegmentBatch* segments_ = nullptr;
  bool keep_batch_ = false;
  double copying_seconds_ = 0;
};

/// Training against the bare loop; parts of `training`.
void trpo_training(const Options& options, const Catalog& catalog, const Report& report);
void ppo_training(const Options& options, const Catalog& catalog, const Report& report);

}  // namespace rlrun::bench
