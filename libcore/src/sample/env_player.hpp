#pragma once
// Plays an environment with random actions and writes down, to the bit, what it said.

#include "rlrun/env.hpp"

namespace rlrun {

/// Everything that an environment said, in order, as bits: NaN equals NaN, and -0 is not 0.
class Trace {
 public:
  void add(VectorFIn observation);
  void add(const Transition& transition);
  bool operator==(const Trace&) const = default;

 private:
  std::vector<std::uint64_t> words_;
};

/// One point of the space, uniform. Unbounded entries are drawn from the standard normal
/// distribution.
void draw_action(const Space& space, Rng& rng, VectorFOut action);

/// Whether a point lies in the space. NaN lies in no space.
bool contains(const Space& space, VectorFIn point);

/// Plays episode after episode; all that happens follows from the stream.
class Player {
 public:
  Player(Env& env, Rng stream);

  void turn();  ///< One reset or one step.
  Player& play(Index steps);

  Trace trace;

 private:
  Env& env_;
  Rng stream_, actions_;
  std::uint64_t episode_ = 0;
  Index left_ = 0;
  VectorF action_, observation_;
};

}  // namespace rlrun
