#pragma once
// What the sampler's verbs share.
//
// A slot plays one episode after the other. A slice is a group of slots whose running
// episodes share each call of the policy, one column each, so that inference is a matrix product.
// Slices are the unit of parallelism. The number of slots is a function of the arguments alone;
// each draws from its own streams and writes its own record; records are put together in the order
// of the slots. A column's action follows from that column alone (see Policy::act). So neither the
// threads nor the grouping change anything but the time.
//
// The streams of an episode are named by role, iteration, call, slot and episode, and not by the
// algorithm: methods that sample in the same way meet the same initial states.

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/math/budget.hpp"
#include "rlrun/policy.hpp"

#include "sample/sampler.hpp"
#include "sample/slot.hpp"

namespace rlrun {

inline constexpr Index kSliceWidth = 5;  // columns of one call of the policy

[[nodiscard]] constexpr Index ceil_div(Index a, Index b) {
  return (a + b - 1) / b;
}

/// Where a trial's samples come from, and the count of them.
struct SampleSource {
  /// Throws TrialError for an environment without a horizon or with spaces that make no sense.
  SampleSource(EnvFactory make, const Rng& rng, const SampleRules& its_rules);

  /// One more instance. One of other sizes than the first would read and write beyond our arrays:
  /// TrialError.
  [[nodiscard]] std::unique_ptr<Env> instance() const;
  [[nodiscard]] Slot slot() const { return Slot(instance(), rules.unstable_penalty); }
  [[nodiscard]] StepsLeft steps_left() const {
    return StepsLeft(rules.budget_steps - total_steps, rules.budget_noticed);
  }
  /// Streams of the next call of a verb.
  [[nodiscard]] Rng next_call(const char* role) {
    return root.fork(role).fork(iteration).fork(call++);
  }
  void count(std::int64_t steps) {
    log.steps += steps;
    total_steps += steps;
  }
  void tick(std::int64_t steps) const {
    if (ticker != nullptr) ticker->fetch_add(steps, std::memory_order_relaxed);
  }

  EnvFactory make_env;
  Rng root;
  SampleRules rules;
  EnvSpec spec;
  bool split_steps = false;  // the tasks run elsewhere: begin the steps of a slice together
  std::uint64_t iteration = 0, call = 0;
  std::int64_t total_steps = 0;
  SampleLog log;
  std::atomic<std::int64_t>* ticker = nullptr;
};

/// Scratch of one slice: one column for each of its running episodes.
struct Slice {
  MatrixF observations, actions, memory;
  std::vector<Rng> streams;
  std::vector<Index> slots;  // which slot a column belongs to
  Workspace workspace;

  void resize(const EnvSpec& spec, Index memory_size, Index width);
  void act(const Policy& policy, Index n, ActMode mode = ActMode::kExplore);
  /// Fills the hole of a column that is done with the last running one.
  void drop(Index column);

  /// What a column is between two steps.
  struct Column {
    Index slot;
    VectorF observation, memory;
    Rng stream;
  };
  [[nodiscard]] Column take_last();
  void add(const Column& column);
};

}  // namespace rlrun
