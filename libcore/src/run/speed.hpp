#pragma once
// How fast a trial would go, found by going for a moment.

#include "plugin/catalog.hpp"
#include "trial/trial.hpp"

namespace rlrun {

struct Speed {
  double seconds_per_step = -1;    ///< Training, with all that comes with it; negative: unknown.
  double steps_per_iteration = 0;  ///< Mean; 0 if no iteration ended in time.
  double seconds_per_episode = 0;  ///< Of an evaluation, with an untrained policy.
  bool sampling_only = false;      ///< No iteration ended in time: learning comes on top.
};

/// Runs the trial's own iterations for about so many seconds in a child process, which is ended if
/// it takes five times as long. The rate is that of the second half, because methods with a replay
/// memory learn only after a while. Unknown where the child fails: the trial will say why. Call
/// from a process with one thread.
Speed measure_speed(const Trial& trial, const Catalog& catalog, double seconds, int threads);

}  // namespace rlrun
