#pragma once
// What a trial is worth, in one number.

#include <array>
#include <cstdint>
#include <string>

#include "trial/trial_record.hpp"

namespace rlrun {

/// How a trial becomes one number. kStretches is the table of Duan et al. 2016 for iterations of
/// any length: the mean over stretches of the training of a stretch's average return, where a
/// stretch is as many iterations as hold kStretchSteps steps and kStretchEpisodes episodes.
/// kIterations is the same of single iterations, whatever they hold; kPooled the mean over all
/// episodes; kFinal the mean of the last tenth of the iterations; kLast100 of the last 100
/// episodes; kBest the best iteration (optimistic). The others are of evaluations during training,
/// each the mean over its episodes: kEvaluation the mean of those made within the last
/// kEvaluationWindow steps of the budget, kEvaluationFinal the last one, kEvaluationBest the best
/// (optimistic).
enum class Score {
  kStretches,
  kIterations,
  kPooled,
  kFinal,
  kLast100,
  kBest,
  kEvaluation,
  kEvaluationFinal,
  kEvaluationBest
};
/// In the order of `TrialRecord::stored_scores`.
inline constexpr std::array kAllScores = {
    Score::kStretches,  Score::kIterations,      Score::kPooled,
    Score::kFinal,      Score::kLast100,         Score::kBest,
    Score::kEvaluation, Score::kEvaluationFinal, Score::kEvaluationBest};
/// Does not depend on how long the iterations of an algorithm are.
inline constexpr Score kDefaultScore = Score::kStretches;
/// An iteration of Duan et al. 2016: a hundred episodes of full length, and many more short ones.
inline constexpr std::int64_t kStretchSteps = 50'000;
/// Fewer would favour long episodes: where they are short, more of them share the average.
inline constexpr std::int64_t kStretchEpisodes = 50;
inline constexpr std::int64_t kEvaluationWindow = 50'000;
Score score_named(const std::string& name);
const char* score_name(Score score);
bool is_evaluation(Score score);
/// Whether iterations count one each, so that their length matters.
bool is_by_iteration(Score score);
/// Not finite if the record has no such episode, or one whose return is not. kPooled and kLast100
/// need the episode log or stored scores.
double trial_score(const TrialRecord& record, Score score);

}  // namespace rlrun
