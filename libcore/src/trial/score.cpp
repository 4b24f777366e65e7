#include "trial/score.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "rlrun/error.hpp"

#include "trial/statistics.hpp"

namespace rlrun {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct ScoreName {
  Score score;
  const char* name;
};
constexpr std::array kScoreNames = {
    ScoreName{Score::kStretches, "stretches"},
    ScoreName{Score::kIterations, "iterations"},
    ScoreName{Score::kPooled, "pooled"},
    ScoreName{Score::kFinal, "final"},
    ScoreName{Score::kLast100, "last100"},
    ScoreName{Score::kBest, "best"},
    ScoreName{Score::kEvaluation, "evaluation"},
    ScoreName{Score::kEvaluationFinal, "evaluation_final"},
    ScoreName{Score::kEvaluationBest, "evaluation_best"},
};

std::vector<double> without_nan(const std::vector<double>& values) {
  std::vector<double> kept;
  kept.reserve(values.size());
  for (const double value : values) {
    if (!std::isnan(value)) kept.push_back(value);
  }
  return kept;
}

// The curve without the iterations in which no episode ended: they say nothing about the policy.
std::vector<double> returns_of_iterations(const Curves& curves) {
  return without_nan(curves.mean_return);
}

// Whole iterations, taken together until they are a stretch. Within one, each episode counts once;
// an iteration that is a stretch by itself keeps its average to the last bit.
struct Stretch {
  std::int64_t steps = 0, episodes = 0;
  double mean_return = 0;

  void add(std::int64_t more_steps, std::int64_t more_episodes, double average) {
    steps += more_steps;
    if (more_episodes == 0 || std::isnan(average)) return;
    episodes += more_episodes;
    const double share = static_cast<double>(more_episodes) / static_cast<double>(episodes);
    mean_return = (1 - share) * mean_return + share * average;
  }
};

double mean_over_stretches(const Curves& curves) {
  std::vector<Stretch> stretches;
  Stretch open;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::int64_t before = i == 0 ? 0 : curves.steps[i - 1];
    open.add(curves.steps[i] - before, curves.episodes[i], curves.mean_return[i]);
    if (open.steps < kStretchSteps || open.episodes < kStretchEpisodes) continue;
    stretches.push_back(open);
    open = {};
  }
  // What is left at the end counts by itself if it is nearer to a whole stretch than to none.
  const bool whole = 2 * open.steps >= kStretchSteps && 2 * open.episodes >= kStretchEpisodes;
  if (open.episodes > 0 && (whole || stretches.empty())) {
    stretches.push_back(open);
  } else if (open.episodes > 0) {
    stretches.back().add(open.steps, open.episodes, open.mean_return);
  }
  std::vector<double> returns;
  returns.reserve(stretches.size());
  for (const Stretch& stretch : stretches) returns.push_back(stretch.mean_return);
  return mean(returns);
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

bool is_by_iteration(Score score) {
  return score == Score::kIterations || score == Score::kFinal || score == Score::kBest;
}

double trial_score(const TrialRecord& record, Score score) {
  const bool of_episodes = score == Score::kPooled || score == Score::kLast100;
  // They come from the store where what they are made of is not at hand.
  const bool at_hand = of_episodes            ? !record.episodes.returns.empty()
                       : is_evaluation(score) ? record.evaluations.size() > 0
                                              : record.curves.size() > 0;
  if (!at_hand && !record.stored_scores.empty())
    return record.stored_scores.at(static_cast<std::size_t>(score));
  switch (score) {
    case Score::kStretches:
      return mean_over_stretches(record.curves);
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
      return mean(without_nan(record.episodes.returns));
    case Score::kLast100:
      return mean(last(without_nan(record.episodes.returns), 100));
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
