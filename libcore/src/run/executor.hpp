#pragma once
// Trials onto worker processes.

#include <cstdint>
#include <optional>
#include <vector>

#include "rlrun/error.hpp"

#include "plugin/catalog.hpp"
#include "run/worker.hpp"
#include "store/store.hpp"
#include "trial/trial.hpp"

namespace rlrun {

class ProgressDisplay;
class SignalGuard;

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
  double grace_seconds = 30;       ///< For trials to save their state when the sweep stops.
  std::int64_t address_mib = 0;    ///< Address space of each trial; 0: none, but no trial may
                                   ///< allocate more than the machine has.
  bool keep_state = false;         ///< The last states of trials, whatever their size.
  bool keep_failed = false;        ///< Do not try trials again that failed before.
  Rerun rerun = Rerun::kNone;
  std::optional<std::uint64_t> shuffle;  ///< Order of the trials; the file's order if none.
};

struct SweepOutcome {
  int complete = 0;  ///< Including those of earlier runs.
  int failed = 0;
  int failed_repetitions = 0;  ///< Of those that failed: how many keep an earlier result, which
                               ///< `complete` leaves out.
  int saved = 0, cut = 0, anew = 0;  ///< Stopped in the middle: with their state saved; to go on
                                     ///< from their last checkpoint; without one.
  int pending = 0;                   ///< Not begun because the sweep was stopped.
  ExitCode exit_code = ExitCode::kOk;
  std::string stopped_by;    ///< Why, if it did not run to its end.
  bool nothing_new = false;  ///< There was nothing to run, and all results are merged.
  /// Which results were made by other code than what was installed at its start.
  std::vector<std::string> other_code;
};

/// Runs what has no committed result yet, and what is to be repeated: the earlier result stays
/// until the new one takes its place, and for good if the repetition fails. Each trial is a
/// process; the end of one is the recorded outcome of that one, and what it says of itself is
/// believed where we find it so: a result counts when it was read, a full disk when we cannot write
/// either. A signal stops the sweep with all state saved, unless it comes from a trial; a second one
/// stops it at once. Commits failures and keeps the journal. The caller holds the store's lock and
/// has one thread.
SweepOutcome run_sweep(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
                       const SweepOptions& options, const SignalGuard& signals,
                       ProgressDisplay& display);

}  // namespace rlrun
