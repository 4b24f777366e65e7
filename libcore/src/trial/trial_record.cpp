#include "trial/trial_record.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rlrun {

void Curves::state(Archive& archive) {
  archive("steps", steps);
  archive("episodes", episodes);
  archive("terminated", terminated);
  archive("unstable", unstable);
  archive("mean_return", mean_return);
  archive("std_return", std_return);
  archive("min_return", min_return);
  archive("max_return", max_return);
  archive("mean_length", mean_length);

  auto count = static_cast<std::int64_t>(metrics.size());
  archive("metric_count", count);
  if (archive.restoring()) {
    metrics.clear();
    for (std::int64_t i = 0; i < count; ++i) {
      std::string name;
      archive("metric_name", name);
      archive("metric", metrics[name]);
    }
  } else {
    for (auto& [key, values] : metrics) {
      std::string name = key;
      archive("metric_name", name);
      archive("metric", values);
    }
  }
}

CurveTotals totals_of(const Curves& curves) {
  const auto sum = [](const auto& values) {
    return std::accumulate(values.begin(), values.end(), std::int64_t{0});
  };
  CurveTotals totals;
  totals.iterations = static_cast<std::int64_t>(curves.size());
  totals.steps = curves.size() == 0 ? 0 : curves.steps.back();
  totals.episodes = sum(curves.episodes);
  totals.unstable = sum(curves.unstable);
  for (std::size_t i = 0; i < std::min(curves.mean_length.size(), curves.episodes.size()); ++i) {
    if (curves.episodes[i] == 0) continue;
    const double length = curves.mean_length[i];
    totals.ended_steps += static_cast<double>(curves.episodes[i]) * length;
    totals.shortest = std::fmin(totals.shortest, length);  // these two take a number before NaN
    totals.longest = std::fmax(totals.longest, length);
  }
  if (const auto updates = curves.metrics.find(kUpdatesMetric); updates != curves.metrics.end()) {
    for (const double count : updates->second)
      if (!std::isnan(count)) totals.updates = std::fmax(totals.updates, 0) + std::fmax(count, 0);
  }
  return totals;
}

void EpisodeLog::state(Archive& archive) {
  archive("returns", returns);
  archive("lengths", lengths);
  archive("endings", endings);
}

void EvaluationLog::add(std::int64_t at_steps, const EpisodeLog& episodes) {
  const auto same = std::lower_bound(steps.begin(), steps.end(), at_steps);
  const auto kept = static_cast<std::size_t>(same - steps.begin());
  steps.resize(kept);
  returns.resize(kept);
  lengths.resize(kept);
  endings.resize(kept);
  steps.insert(steps.end(), episodes.returns.size(), at_steps);
  returns.insert(returns.end(), episodes.returns.begin(), episodes.returns.end());
  lengths.insert(lengths.end(), episodes.lengths.begin(), episodes.lengths.end());
  endings.insert(endings.end(), episodes.endings.begin(), episodes.endings.end());
}

void EvaluationLog::state(Archive& archive) {
  archive("evaluation_steps", steps);
  archive("evaluation_returns", returns);
  archive("evaluation_lengths", lengths);
  archive("evaluation_endings", endings);
}

void BestPolicy::state(Archive& archive) {
  archive("best_steps", steps);
  archive("best_mean_return", mean_return);
  archive("best_params", params);
}

EvaluationCurve evaluation_curve(const EvaluationLog& log) {
  EvaluationCurve curve;
  for (std::size_t from = 0, to = 0; from < log.size(); from = to) {
    double sum = 0;
    std::int64_t n = 0;
    for (; to < log.size() && log.steps[to] == log.steps[from]; ++to) {
      if (std::isnan(log.returns[to])) continue;
      sum += log.returns[to];
      ++n;
    }
    if (n == 0) continue;
    curve.steps.push_back(log.steps[from]);
    curve.mean_return.push_back(sum / static_cast<double>(n));
  }
  return curve;
}

}  // namespace rlrun
