#include "report/curves.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace rlrun {

namespace {

// More points than any picture shows.
constexpr std::size_t kMaxPoints = 1000;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Curve curve_of_iterations(const Curves& curves, const std::vector<double>& values, CurveAxis axis) {
  Curve curve;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    curve.x.push_back(axis == CurveAxis::kSteps ? static_cast<double>(curves.steps[i])
                                                : static_cast<double>(i + 1));
    curve.y.push_back(values[i]);
  }
  return curve;
}

// The iteration at whose end an evaluation was made is the one that used up as many steps.
Curve curve_of_evaluations(const TrialRecord& record, CurveAxis axis) {
  const EvaluationCurve evaluations = evaluation_curve(record.evaluations);
  const std::vector<std::int64_t>& steps = record.curves.steps;
  Curve curve;
  for (std::size_t i = 0; i < evaluations.steps.size(); ++i) {
    if (!std::isfinite(evaluations.mean_return[i])) continue;
    const std::int64_t at = evaluations.steps[i];
    const auto iteration = std::lower_bound(steps.begin(), steps.end(), at) - steps.begin() + 1;
    curve.x.push_back(static_cast<double>(axis == CurveAxis::kSteps ? at : iteration));
    curve.y.push_back(evaluations.mean_return[i]);
  }
  return curve;
}

std::vector<double> running_mean(const std::vector<double>& values, int width) {
  std::vector<double> means(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t first =
        i + 1 > static_cast<std::size_t>(width) ? i + 1 - static_cast<std::size_t>(width) : 0;
    means[i] = mean({values.begin() + static_cast<std::ptrdiff_t>(first),
                     values.begin() + static_cast<std::ptrdiff_t>(i + 1)});
  }
  return means;
}

// Both ends of the band around the mean.
std::pair<double, double> band_of(const std::vector<double>& values, double center,
                                  const CurveOptions& options) {
  const auto n = static_cast<int>(values.size());
  double half = kNan;
  switch (options.band) {
    case Band::kT:
      half = t_half_width(sample_std(values), n, options.level);
      break;
    case Band::kStd:
      half = sample_std(values);
      break;
    case Band::kStderr:
      half = sample_std(values) / std::sqrt(n);
      break;
    case Band::kMinMax:
      if (n < 2) break;
      return {*std::min_element(values.begin(), values.end()),
              *std::max_element(values.begin(), values.end())};
    case Band::kNone:
      break;
  }
  return {center - half, center + half};
}

std::vector<double> common_grid(const std::vector<Curve>& seeds) {
  const std::vector<double>& first = seeds.front().x;
  const bool shared =
      std::all_of(seeds.begin(), seeds.end(), [&](const Curve& seed) { return seed.x == first; });
  if (shared && first.size() <= kMaxPoints) return first;
  double low = first.front(), high = first.back();
  std::size_t points = 0;
  for (const Curve& seed : seeds) {
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

double Curve::at(double where) const {
  const auto next = std::lower_bound(x.begin(), x.end(), where);
  if (next == x.end()) return y.back();
  const auto i = static_cast<std::size_t>(next - x.begin());
  if (i == 0 || *next == where) return y[i];
  const double share = (where - x[i - 1]) / (x[i] - x[i - 1]);
  return y[i - 1] + share * (y[i] - y[i - 1]);
}

Curve curve_of(const TrialRecord& record, const CurveOptions& options) {
  Curve curve;
  if (options.curve == "training") {
    curve = curve_of_iterations(record.curves, record.curves.mean_return, options.axis);
  } else if (options.curve == "evaluation") {
    curve = curve_of_evaluations(record, options.axis);
  } else if (const auto metric = record.curves.metrics.find(options.curve);
             metric != record.curves.metrics.end()) {
    curve = curve_of_iterations(record.curves, metric->second, options.axis);
  }
  if (options.smooth > 1) curve.y = running_mean(curve.y, options.smooth);
  return curve;
}

MeanCurve mean_curve(const std::vector<const TrialRecord*>& records, const CurveOptions& options) {
  std::vector<Curve> seeds;
  for (const TrialRecord* record : records) {
    Curve curve = curve_of(*record, options);
    if (!curve.x.empty()) seeds.push_back(std::move(curve));
  }
  MeanCurve result;
  result.n = static_cast<int>(seeds.size());
  if (seeds.empty()) return result;
  std::vector<double> values(seeds.size());
  for (const double x : common_grid(seeds)) {
    for (std::size_t i = 0; i < seeds.size(); ++i) values[i] = seeds[i].at(x);
    const double center = mean(values);
    const auto [low, high] = band_of(values, center, options);
    result.x.push_back(x);
    result.mean.push_back(center);
    result.low.push_back(low);
    result.high.push_back(high);
  }
  return result;
}

}  // namespace rlrun
