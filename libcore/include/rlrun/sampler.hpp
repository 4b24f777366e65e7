#pragma once
// How an algorithm meets its environment.

#include "rlrun/episode.hpp"
#include "rlrun/policy.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// One environment, walked step by step by methods that learn while they act.
class RLRUN_API Walk {
 public:
  struct Step {
    double reward = 0;
    bool terminated = false;  ///< The task ended with this step.
    bool truncated = false;   ///< The time limit (or an unstable simulation) cut the episode here.
    bool unstable = false;    ///< The latter: this step's reward and observation mean nothing.
  };
  virtual ~Walk();
  /// No step has been taken in the running episode.
  [[nodiscard]] virtual bool at_start() const = 0;
  /// The observation to act on.
  [[nodiscard]] virtual const VectorF& observation() const = 0;
  /// After an end, the next episode has begun and `observation` is its first.
  virtual Step step(VectorFIn action) = 0;
  /// The observation that the last step led to, also when the episode ended there.
  [[nodiscard]] virtual const VectorF& next_observation() const = 0;
};

/// The score of each column of a parameter matrix.
struct Evaluation {
  Vector returns;             ///< Mean over the column's episodes of the sum of rewards.
  Vector discounted_returns;  ///< The same for the discounted sum.
  Index steps = 0;            ///< Steps of all columns together.
};

/// Runs episodes. What it returns is a function of its arguments and of the trial's seed, and not
/// of the number of threads. It also counts and records every episode, so that the benchmark's
/// score is never a number that an algorithm reported about itself.
class RLRUN_API Sampler {
 public:
  virtual ~Sampler();

  /// Whole episodes with at least `min_steps` steps in all. Each of a fixed number of environment
  /// slots plays until its share of the steps is reached, so that no episode is discarded and none
  /// is chosen by arrival; the batch exceeds `min_steps` by little.
  virtual Batch collect(const Policy& policy, Index min_steps) = 0;

  /// `length` steps of each of `slots` environments, which go on where the last call stopped. Both
  /// numbers are the same in all calls of a trial.
  virtual const SegmentBatch& collect_segments(const Policy& policy, Index slots, Index length) = 0;

  /// Plays `episodes` whole episodes with each column of `thetas` as the policy's parameters.
  virtual Evaluation evaluate(const Policy& policy, MatrixFIn thetas, Index episodes = 1,
                              double discount = 1.0) = 0;

  /// The trial's one walk; it goes on where the last iteration left it.
  virtual Walk& walk() = 0;
};

}  // namespace rlrun
