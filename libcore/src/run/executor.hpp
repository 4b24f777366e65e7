#pragma once
// Trials onto worker processes.

#include <cstdint>
#include <optional>
#include <vector>

#include "rlrun/error.hpp"

#include "experiment/trial.hpp"
#include "plugin/catalog.hpp"
#include "run/worker.hpp"
#include "store/store.hpp"

namespace rlrun {

class ProgressDisplay;

/// Which trials run again although they have a complete result.
enum class Rerun {
  kNone,
  kChanged,  ///< Those made by other code than what is installed now, or by unknown code.
  kAll,
};

struct SweepOptions {
  int jobs = 0;                    ///< Trials at a time; 0: as many as there are cores.
  int threads = 0;                 ///< Threads of each; 0: what the trials leave of the cores.
  double checkpoint_seconds = 10;  ///< Least time between two of a trial; 0: each iteration.
  double timeout_seconds = 600;    ///< Without an environment step; 0: none.
  std::int64_t memory_mib = 0;     ///< For each trial; 0: no limit.
  bool keep_failed = false;        ///< Do not try trials again that failed before.
  Rerun rerun = Rerun::kNone;
  std::optional<std::uint64_t> shuffle;  ///< Order of the trials; the file's order if none.
};

struct SweepOutcome {
  int complete = 0;  ///< Including those of earlier runs.
  int failed = 0;
  int pending = 0;  ///< Left over because the sweep was stopped.
  ExitCode exit_code = ExitCode::kOk;
  std::string stopped_by;  ///< Why, if it did not run to its end.
};

/// Runs what has no committed result yet, and what is to be repeated: the earlier result stays
/// until the new one takes its place, and for good if the repetition fails. Each trial is a
/// process; the death of one is the recorded outcome of that one. SIGINT, SIGTERM and SIGHUP stop
/// the sweep with all state saved, a second one at once. Writes the plan, commits failures, keeps
/// the journal, and merges at the end. The caller holds the store's lock and has one thread.
SweepOutcome run_sweep(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
                       const SweepOptions& options, ProgressDisplay& display);

}  // namespace rlrun
