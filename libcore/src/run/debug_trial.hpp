#pragma once
// A trial for a debugger.

#include "plugin/catalog.hpp"
#include "trial/trial.hpp"
#include "trial/trial_record.hpp"

namespace rlrun {

/// Runs a trial in this process, with the bits that it has in a sweep, on one thread that nothing
/// limits and nobody watches. Each iteration is a line on standard error. Nothing is stored. What
/// is thrown in it is caught by nobody, so that the process ends, with a crash report, where it was
/// thrown.
TrialRecord debug_trial(const Trial& trial, const Catalog& catalog);

}  // namespace rlrun
