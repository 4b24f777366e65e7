#pragma once
// How an algorithm meets its environment.

#include <algorithm>
#include <span>
#include <vector>

#include "rlrun/episode.hpp"
#include "rlrun/math/running_moments.hpp"
#include "rlrun/policy.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// One environment, walked step by step by methods that learn while they act.
class RLRUN_API Walk {
 public:
  virtual ~Walk();
  /// No step has been taken in the running episode.
  [[nodiscard]] virtual bool at_start() const = 0;
  /// The observation to act on.
  [[nodiscard]] virtual const VectorF& observation() const = 0;
  /// After an end, the next episode has begun and `observation` is its first.
  virtual Step step(VectorFIn action) = 0;
  /// The observation that the last step led to, also when the episode ended there; after an
  /// unstable step, the one before it.
  [[nodiscard]] virtual const VectorF& next_observation() const = 0;
};

/// Several environments side by side, one column each, for methods that learn while they act and
/// decide for themselves what each actor does.
class RLRUN_API Walks {
 public:
  virtual ~Walks();
  [[nodiscard]] virtual Index size() const = 0;
  /// No step has been taken in the running episode of this one.
  [[nodiscard]] virtual bool at_start(Index i) const = 0;
  /// (obs_dim, size): the observations to act on.
  [[nodiscard]] virtual const MatrixF& observations() const = 0;
  /// One step of the first `actions.cols()` environments, on all threads of the trial; the others
  /// wait. After an end, the next episode has begun and its column of `observations` is the first of
  /// it. Valid until the next step.
  virtual std::span<const Step> step(MatrixFIn actions) = 0;
  /// (obs_dim, size): the observations that the last steps led to, also where an episode ended
  /// there; after an unstable step, the one before it.
  [[nodiscard]] virtual const MatrixF& next_observations() const = 0;
};

/// The score of each column of a parameter matrix.
struct Evaluation {
  Vector returns;             ///< Mean over the column's episodes of the sum of rewards.
  Vector discounted_returns;  ///< The same for the discounted sum.
  Index steps = 0;            ///< Steps of all columns together.
  /// The column has no score: an action or reward was not finite, or the simulation broke down. Its
  /// returns are the lowest of the others', so that it ranks last; -infinity if there are none.
  std::vector<std::uint8_t> failed;
  [[nodiscard]] Index n_failed() const {
    return static_cast<Index>(std::count(failed.begin(), failed.end(), 1));
  }
  /// Of the observations that were acted on, if the policy normalises with them; else of none.
  Moments observations = Moments();
};

/// Runs episodes. What it returns is a function of its arguments and of the trial's seed, and not
/// of the number of threads. It also counts and records every episode, so that the benchmark's
/// score is never a number that an algorithm reported about itself.
class RLRUN_API Sampler {
 public:
  virtual ~Sampler();

  /// Whole episodes with at least `min_steps` steps in all. Each of a fixed number of environment
  /// slots plays until its share of the steps is reached, so that no episode is discarded and none
  /// is chosen by arrival; the batch exceeds `min_steps` by little. If fewer steps are left of the
  /// trial's budget, so many are enough.
  virtual Batch collect(const Policy& policy, Index min_steps) = 0;

  /// `length` steps of each of `slots` environments, which go on where the last call stopped. The
  /// number of slots is the same in all calls of a trial.
  virtual const SegmentBatch& collect_segments(const Policy& policy, Index slots, Index length) = 0;

  /// Plays `episodes` whole episodes with each column of `thetas` as the policy's parameters.
  virtual Evaluation evaluate(const Policy& policy, MatrixFIn thetas, Index episodes = 1,
                              double discount = 1.0) = 0;

  /// The trial's walks; they go on where the last iteration left them. Their number is the same in
  /// all calls of a trial.
  virtual Walks& walks(Index n) = 0;
  /// One walk alone: the first of `walks`.
  virtual Walk& walk() = 0;
};

}  // namespace rlrun
