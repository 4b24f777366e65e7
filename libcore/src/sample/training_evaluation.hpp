#pragma once
// Evaluations during training.

#include <atomic>
#include <memory>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/policy.hpp"
#include "rlrun/rng.hpp"

#include "sample/sample_source.hpp"
#include "sample/slot.hpp"

namespace rlrun {

/// Plays fresh episodes with a policy as it stands and without exploration, in environments of its
/// own: whoever trains the policy notices nothing.
class TrainingEvaluation {
 public:
  /// `factory` makes instances of equal size. `streams` belongs to evaluations alone. The penalty
  /// is that of Slot.
  TrainingEvaluation(EnvFactory factory, Index episodes, const Rng& streams,
                     double unstable_penalty = 0);
  ~TrainingEvaluation();

  /// Episode e of evaluation `number` starts from streams.fork(number).fork(e). On all threads;
  /// what comes back does not depend on them. `ticker` counts the steps as they are taken; null:
  /// nobody watches. Throws TrialError like a rollout.
  EpisodeLog play(const Policy& policy, std::uint64_t number, std::atomic<std::int64_t>* ticker);

 private:
  void play_slice(const Policy& policy, Index first, Index width, const Rng& streams,
                  std::atomic<std::int64_t>* ticker);

  EnvFactory factory_;
  Index episodes_;
  Rng streams_;
  double unstable_penalty_;
  std::vector<std::unique_ptr<Slot>> slots_;  // one for each episode, made once
  std::vector<Slice> slices_;
  std::vector<EpisodeLog> logs_;  // of each slot
};

}  // namespace rlrun
