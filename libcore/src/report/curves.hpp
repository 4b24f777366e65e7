#pragma once
// Learning curves over seeds on a common grid.

#include <string>
#include <vector>

#include "report/groups.hpp"

namespace rlrun {

enum class CurveAxis { kSteps, kIterations };

/// What is drawn: the average return of each iteration's training episodes, or of each evaluation.
enum class CurveKind { kTraining, kEvaluation };

/// The mean over seeds of such a curve, with its t interval.
struct MeanCurve {
  std::vector<double> x, mean;
  std::vector<double> low, high;  ///< NaN for a single seed.
};

/// Curves of the seeds of a setting, brought onto one grid: the seeds' own points where all share
/// them, else evenly spaced ones over the range that all cover, by linear interpolation. Iterations
/// without an episode are bridged in the same way. `level` is that of the t interval.
MeanCurve mean_curve(const Setting& setting, CurveAxis axis, double level,
                     CurveKind kind = CurveKind::kTraining);

}  // namespace rlrun
