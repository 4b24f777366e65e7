#pragma once
// Learning rules.

#include <cstdint>
#include <map>
#include <string>

#include "rlrun/archive.hpp"
#include "rlrun/math/budget.hpp"
#include "rlrun/policy.hpp"
#include "rlrun/rng.hpp"
#include "rlrun/sampler.hpp"

namespace rlrun {

/// Diagnostics of an iteration by name; stored as columns beside the curves. A method that may go
/// on for long before it learns puts the number of its updates under "updates": tables then say of
/// a trial where they are all 0 that it never learned.
using Metrics = std::map<std::string, double, std::less<>>;

/// What one iteration gets to work with.
struct Iteration {
  Index index;        ///< 0, 1, ...
  Progress progress;  ///< Share of the budget that is used up, for schedules: 0 at the start.
  Rng rng;            ///< Already forked for this iteration.
  Sampler& sampler;
  Metrics& metrics;
  /// Steps left of the budget, for methods that choose how many they take; without end if the
  /// budget is in iterations.
  StepsLeft steps_left = {};
};

/// How a method with certain parameters spends environment steps, as far as that is known before it
/// runs: for plans, and to refuse a budget in which it could never learn.
struct Pace {
  std::int64_t steps_per_iteration = 0;    ///< 0: unknown.
  std::int64_t steps_before_learning = 0;  ///< At least so many come before the first update.
};

/// A learning rule. The runner owns the outer loop, the budget, the records, threads, seeds and
/// files; `iterate` is the body of the loop in the paper.
class RLRUN_API Algorithm {
 public:
  virtual ~Algorithm();
  virtual void iterate(Iteration& it) = 0;
  /// The policy as it stands, for records and evaluation.
  [[nodiscard]] virtual const Policy& policy() const = 0;
  /// Visits what the next iteration depends on: parameters, optimiser moments, baselines, replay.
  /// After saving and restoring, the algorithm goes on bit for bit.
  virtual void state(Archive& archive) = 0;
};

}  // namespace rlrun
