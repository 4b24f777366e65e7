#pragma once
// What the end of a worker means.

#include <string>

#include "run/worker.hpp"
#include "trial/trial_record.hpp"

namespace rlrun {

/// What the parent knows when a worker has ended.
struct LastFacts {
  WorkerReport report;        ///< What the worker said of itself. A plugin may have spoilt it.
  int wait_status = 0;        ///< Of waitpid. The kernel does not lie.
  bool committed = false;     ///< The parent has read a new and complete result.
  bool checkpointed = false;  ///< A checkpoint of the trial lies there.
  bool cut = false;           ///< We ended it because the sweep stops.
  std::string limit = {};     ///< We ended it for this; "" if we did not.
};

struct Ending {
  enum class Kind {
    kComplete,
    kSaved,  ///< It was asked to stop, and saved its state.
    kCut,    ///< It goes on from its last checkpoint.
    kFailed
  };
  Kind kind = Kind::kFailed;
  Cause cause = {};  ///< Of kFailed.
  /// The cause may lie outside the trial: no disk, or a damaged store.
  bool blames_store = false;
};

/// A pure function. A result that was read counts, whatever else happened, and nothing else counts
/// as a result.
Ending judge(const LastFacts& facts);

}  // namespace rlrun
