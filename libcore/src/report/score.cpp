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
    ScoreName{Score::kEvaluation, "evaluation"},
    ScoreName{Score::kEvaluationFinal, "evaluation_final"},
    ScoreName{Score::kEvaluationBest, "evaluation_best"},
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

// Evaluations near the end of the budget, the ones beyond it included: the last iteration may go
// past it.
double late_evaluations(const TrialRecord& record) {
  const EvaluationCurve curve = evaluation_curve(record.evaluations);
  const json::Value* budget = record.config.find("budget");
  const json::Value* steps = budget == nullptr ? nullptr : budget->find("steps");
  const std::int64_t* in_steps = steps == nullptr ? nullptr : steps->if_int();
  const std::int64_t end = in_steps != nullptr           ? *in_steps
                           : record.curves.steps.empty() ? 0
                                                         : record.curves.steps.back();
  std::vector<double> late;
  for (std::size_t i = 0; i < curve.steps.size(); ++i)
    if (curve.steps[i] > end - kEvaluationWindow) late.push_back(curve.mean_return[i]);
  return mean(late);
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

bool is_evaluation(Score score) {
  return score == Score::kEvaluation || score == Score::kEvaluationFinal ||
         score == Score::kEvaluationBest;
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
    case Score::kEvaluation:
      return late_evaluations(record);
    case Score::kEvaluationFinal:
      return mean(last(evaluation_curve(record.evaluations).mean_return, 1));
    case Score::kEvaluationBest: {
      const std::vector<double> returns = evaluation_curve(record.evaluations).mean_return;
      return returns.empty() ? kNan : *std::max_element(returns.begin(), returns.end());
    }
  }
  return kNan;
}

}  // namespace rlrun
