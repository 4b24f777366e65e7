#include "run/trial_record.hpp"

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

void EpisodeLog::state(Archive& archive) {
  archive("returns", returns);
  archive("lengths", lengths);
  archive("endings", endings);
}

}  // namespace rlrun
