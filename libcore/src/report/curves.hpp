#pragma once
// Learning curves of single seeds, and of several on a common grid.

#include <string>
#include <vector>

#include "report/groups.hpp"

namespace rlrun {

enum class CurveAxis { kSteps, kIterations };

/// What is shaded around the mean over seeds.
enum class Band { kT, kStd, kStderr, kMinMax, kNone };

struct CurveOptions {
  CurveAxis axis = CurveAxis::kSteps;
  /// "training": the average return of each iteration's episodes; "evaluation": of each evaluation;
  /// else a metric.
  std::string curve = "training";
  Band band = Band::kT;
  double level = 0.95;  ///< Of the t interval.
  int smooth = 1;       ///< Running mean over so many points of a seed, the point and those before.
};

struct Curve {
  std::vector<double> x, y;

  /// Linear between the points, constant beyond them.
  [[nodiscard]] double at(double where) const;
};

/// One seed. Points without a value are left out.
Curve curve_of(const TrialRecord& record, const CurveOptions& options);

/// The mean over seeds, and what is shaded around it.
struct MeanCurve {
  std::vector<double> x, mean;
  std::vector<double> low, high;  ///< NaN without a band, and where a single seed has none.
  int n = 0;                      ///< Seeds that have such a curve.
};

/// Curves of the seeds of a setting, brought onto one grid: the seeds' own points where all share
/// them, else evenly spaced ones over the range that all cover, by linear interpolation. Iterations
/// without a value are bridged in the same way.
MeanCurve mean_curve(const std::vector<const TrialRecord*>& records, const CurveOptions& options);

}  // namespace rlrun
