#include "report/curves.hpp"

#include <algorithm>
#include <cmath>

namespace rlrun {

namespace {

// More points than any picture shows.
constexpr std::size_t kMaxPoints = 1000;

struct SeedCurve {
  std::vector<double> x, y;

  // Linear between the points, constant beyond them.
  [[nodiscard]] double at(double where) const {
    const auto next = std::lower_bound(x.begin(), x.end(), where);
    if (next == x.end()) return y.back();
    const auto i = static_cast<std::size_t>(next - x.begin());
    if (i == 0 || *next == where) return y[i];
    const double share = (where - x[i - 1]) / (x[i] - x[i - 1]);
    return y[i - 1] + share * (y[i] - y[i - 1]);
  }
};

SeedCurve seed_curve(const Curves& curves, CurveAxis axis) {
  SeedCurve curve;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (std::isnan(curves.mean_return[i])) continue;
    curve.x.push_back(axis == CurveAxis::kSteps ? static_cast<double>(curves.steps[i])
                                                : static_cast<double>(i + 1));
    curve.y.push_back(curves.mean_return[i]);
  }
  return curve;
}

// The iteration at whose end an evaluation was made is the one that used up as many steps.
SeedCurve evaluation_curve_of(const TrialRecord& record, CurveAxis axis) {
  const EvaluationCurve evaluations = evaluation_curve(record.evaluations);
  const std::vector<std::int64_t>& steps = record.curves.steps;
  SeedCurve curve;
  for (const std::int64_t at : evaluations.steps) {
    const auto iteration = std::lower_bound(steps.begin(), steps.end(), at) - steps.begin() + 1;
    curve.x.push_back(static_cast<double>(axis == CurveAxis::kSteps ? at : iteration));
  }
  curve.y = evaluations.mean_return;
  return curve;
}

std::vector<double> common_grid(const std::vector<SeedCurve>& seeds) {
  const std::vector<double>& first = seeds.front().x;
  const bool shared = std::all_of(seeds.begin(), seeds.end(),
                                  [&](const SeedCurve& seed) { return seed.x == first; });
  if (shared && first.size() <= kMaxPoints) return first;
  double low = first.front(), high = first.back();
  std::size_t points = 0;
  for (const SeedCurve& seed : seeds) {
    low = std::max(low, seed.x.front());
    high = std::min(high, seed.x.back());
    points = std::max(points, seed.x.size());
  }
  points = std::min(points, kMaxPoints);
  if (points < 2 || !(low < high)) return {high};
  std::vector<double> grid(points);
  for (std::size_t i = 0; i < points; ++i)
    grid[i] = low + (high - low) * static_cast<double>(i) / static_cast<double>(points - 1);
  return grid;
}

}  // namespace

MeanCurve mean_curve(const Setting& setting, CurveAxis axis, double level, CurveKind kind) {
  std::vector<SeedCurve> seeds;
  for (const TrialRecord* record : setting.records) {
    SeedCurve curve = kind == CurveKind::kEvaluation ? evaluation_curve_of(*record, axis)
                                                     : seed_curve(record->curves, axis);
    if (!curve.x.empty()) seeds.push_back(std::move(curve));
  }
  MeanCurve result;
  if (seeds.empty()) return result;
  std::vector<double> values(seeds.size());
  for (const double x : common_grid(seeds)) {
    for (std::size_t i = 0; i < seeds.size(); ++i) values[i] = seeds[i].at(x);
    const double center = mean(values);
    const double half = t_half_width(sample_std(values), static_cast<int>(values.size()), level);
    result.x.push_back(x);
    result.mean.push_back(center);
    result.low.push_back(center - half);
    result.high.push_back(center + half);
  }
  return result;
}

}  // namespace rlrun
