#include "trial/trial_record.hpp"

#include <algorithm>
#include <cmath>

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

bool never_learned(const Curves& curves) {
  const auto updates = curves.metrics.find(kUpdatesMetric);
  return updates != curves.metrics.end() &&
         std::none_of(updates->second.begin(), updates->second.end(),
                      [](double count) { return count > 0; });
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
