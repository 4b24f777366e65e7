#pragma once
// From the content of an experiment file to its trials.

#include "experiment/experiment.hpp"

namespace rlrun::experiment {

/// Checks everything and fills `title` and `trials` of an experiment whose `source` and `file` are
/// set.
void plan(Experiment& experiment, const InfoSource& info);

}  // namespace rlrun::experiment
