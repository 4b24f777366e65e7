#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "rlrun/error.hpp"

#include "report/report.hpp"

namespace rlrun {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct ScoreName {
  Score score;
  const char* name;
};
constexpr std::array kScoreNames = {
    ScoreName{Score::kIterations, "iterations"},
    ScoreName{Score::kPooled, "pooled"},
    ScoreName{Score::kFinal, "final"},
    ScoreName{Score::kLast100, "last100"},
    ScoreName{Score::kBest, "best"},
};

// The curve without the iterations in which no episode ended: they say nothing about the policy.
std::vector<double> returns_of_iterations(const Curves& curves) {
  std::vector<double> returns;
  returns.reserve(curves.mean_return.size());
  for (const double value : curves.mean_return) {
    if (!std::isnan(value)) returns.push_back(value);
  }
  return returns;
}

std::vector<double> last(const std::vector<double>& values, std::size_t count) {
  const std::size_t kept = std::min(count, values.size());
  return {values.end() - static_cast<std::ptrdiff_t>(kept), values.end()};
}

}  // namespace

Score score_named(const std::string& name) {
  std::string known;
  for (const ScoreName& entry : kScoreNames) {
    if (name == entry.name) return entry.score;
    known += std::string(known.empty() ? "" : ", ") + entry.name;
  }
  throw UserError("score '" + name + "' is unknown; known: " + known, ExitCode::kUsage);
}

const char* score_name(Score score) {
  for (const ScoreName& entry : kScoreNames) {
    if (entry.score == score) return entry.name;
  }
  return "";
}

double trial_score(const TrialRecord& record, Score score) {
  // Scores over episodes come from the store where the log itself is not at hand.
  if (record.episodes.returns.empty() && !record.stored_scores.empty())
    return record.stored_scores.at(static_cast<std::size_t>(score));
  switch (score) {
    case Score::kIterations:
      return mean(returns_of_iterations(record.curves));
    case Score::kFinal: {
      const std::vector<double> returns = returns_of_iterations(record.curves);
      return mean(last(returns, (returns.size() + 9) / 10));
    }
    case Score::kBest: {
      const std::vector<double> returns = returns_of_iterations(record.curves);
      return returns.empty() ? kNan : *std::max_element(returns.begin(), returns.end());
    }
    case Score::kPooled:
      return mean(record.episodes.returns);
    case Score::kLast100:
      return mean(last(record.episodes.returns, 100));
  }
  return kNan;
}

}  // namespace rlrun
