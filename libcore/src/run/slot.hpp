#pragma once
// One environment instance and the episode that it plays.

#include <cstdint>
#include <memory>
#include <vector>

#include "rlrun/archive.hpp"
#include "rlrun/env.hpp"

#include "run/trial_record.hpp"

namespace rlrun {

/// Appends `from` to `to`, column by column.
void append(EpisodeLog& to, const EpisodeLog& from);

/// Steps an environment, enforces the horizon, checks what the environment returns, and counts the
/// episode. Throws TrialError for a non-finite action, reward or observation.
class Slot {
 public:
  struct Step {
    double reward = 0;
    bool terminated = false;  ///< The task ended.
    bool truncated = false;   ///< Cut at the horizon, or because the simulation broke down.
    bool unstable = false;    ///< The latter: reward and observation of this step are not used.
    [[nodiscard]] bool ended() const { return terminated || truncated; }
  };

  explicit Slot(std::unique_ptr<Env> env);

  [[nodiscard]] const EnvSpec& spec() const { return env_->spec(); }
  void begin(const Rng& stream, VectorFOut observation);
  /// On an unstable step the observation is left as it was.
  Step step(VectorFIn action, VectorFOut observation);

  [[nodiscard]] std::int64_t length() const { return length_; }
  [[nodiscard]] double total_reward() const { return total_; }
  /// Adds the episode that ended with `last` to a log.
  void record(const Step& last, EpisodeLog& log) const;

 private:
  std::unique_ptr<Env> env_;
  std::int64_t horizon_;
  std::int64_t length_ = 0;
  double total_ = 0;
};

/// A slot whose episode goes on from one iteration to the next. It remembers the stream and the
/// actions of the running episode, so that a checkpoint restores any environment by playing the
/// same actions again. An environment that then is in another state is a UserError (exit code 5).
class RunningSlot {
 public:
  /// Episode number e of this slot starts from streams.fork(e).
  RunningSlot(std::unique_ptr<Env> env, const Rng& streams);

  [[nodiscard]] const VectorF& observation() const { return observation_; }
  [[nodiscard]] const VectorF& next_observation() const { return next_observation_; }
  [[nodiscard]] bool at_start() const { return slot_.length() == 0; }
  /// After an end, the next episode has begun; the episode is added to `log`.
  Slot::Step step(VectorFIn action, EpisodeLog& log);
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
