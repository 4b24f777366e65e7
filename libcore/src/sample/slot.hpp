#pragma once
// One environment instance and the episode that it plays.

#include <cstdint>
#include <memory>
#include <vector>

#include "rlrun/archive.hpp"
#include "rlrun/env.hpp"
#include "rlrun/episode.hpp"
#include "rlrun/error.hpp"

#include "trial/trial_record.hpp"

namespace rlrun {

/// Appends `from` to `to`, column by column.
void append(EpisodeLog& to, const EpisodeLog& from);

/// An action, reward or observation that is not finite.
class NotFinite : public TrialError {
 public:
  using TrialError::TrialError;
};

/// Steps an environment, enforces the horizon, checks what the environment returns, and counts the
/// episode. Throws NotFinite, and TrialError for an observation that names none of its choices.
///
/// A step that breaks the simulation is unstable (see Step), unless the trial declares what that
/// costs: then the task terminates with it, and its reward is the penalty.
class Slot {
 public:
  /// `unstable_penalty` is positive, or 0 if none is declared.
  explicit Slot(std::unique_ptr<Env> env, double unstable_penalty = 0);

  [[nodiscard]] const EnvSpec& spec() const { return env_->spec(); }
  void begin(const Rng& stream, VectorFOut observation);
  /// Begins a step of a task that runs elsewhere (SplitStep); `step` with the same action ends it.
  /// Nothing for other tasks.
  void begin_step(VectorFIn action);
  /// If the simulation broke down, the observation is left as it was.
  Step step(VectorFIn action, VectorFOut observation);

  [[nodiscard]] std::int64_t length() const { return length_; }
  [[nodiscard]] double total_reward() const { return total_; }
  /// Ends the episode as a breakdown does.
  void break_down();
  /// Adds the episode that has ended to a log. The return of a broken one is what it had collected,
  /// less the penalty.
  void record(EpisodeLog& log) const;

 private:
  std::unique_ptr<Env> env_;
  SplitStep* split_;  // the environment, if it is one
  bool step_begun_ = false;
  double unstable_penalty_;
  std::int64_t horizon_;
  std::vector<Index> n_choices_;  // of each observation entry; empty for numbers
  std::int64_t length_ = 0;
  double total_ = 0;
  EpisodeEnding ending_ = EpisodeEnding::kTimeLimit;
  VectorF next_;  // what the environment writes, before it is known to be of use
};

/// A slot whose episode goes on from one iteration to the next. It remembers the stream and the
/// actions of the running episode, so that a checkpoint restores any environment by playing the
/// same actions again. An environment that then is in another state is a UserError (exit code 5).
class RunningSlot {
 public:
  /// Episode number e of this slot starts from streams.fork(e).
  RunningSlot(Slot slot, const Rng& streams);

  [[nodiscard]] const VectorF& observation() const { return observation_; }
  [[nodiscard]] const VectorF& next_observation() const { return next_observation_; }
  [[nodiscard]] bool at_start() const { return slot_.length() == 0; }
  void begin_step(VectorFIn action);  ///< See Slot.
  /// After an end, the next episode has begun; the episode is added to `log`.
  Step step(VectorFIn action, EpisodeLog& log);
  void state(Archive& archive);

 private:
  void begin_episode();

  Slot slot_;
  Rng streams_;
  std::int64_t episode_ = 0;
  VectorF observation_, next_observation_;
  std::vector<float> actions_;  // of the running episode, one after the other
};

}  // namespace rlrun
