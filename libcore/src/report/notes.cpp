#include "report/notes.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "report/number.hpp"
#include "store/code.hpp"

namespace rlrun {

namespace {

std::string seeds_named(const std::vector<std::uint64_t>& seeds) {
  std::string text = seeds.size() == 1 ? "seed" : "seeds";
  for (std::size_t i = 0; i < seeds.size(); ++i)
    text += fmt::format("{} {}", i == 0 ? "" : ",", seeds[i]);
  return text;
}

std::string percent(double share) {
  return fmt::format("{:.2g} %", 100 * share);
}

// One note for each cause.
void note_losses(const Setting& setting, std::vector<std::string>& notes) {
  std::map<std::pair<LostSeed::Why, std::string>, std::vector<std::uint64_t>> lost;
  std::vector<std::uint64_t> unfinished;
  double least = 1, most = 0;
  for (const LostSeed& seed : setting.lost) {
    if (seed.why != LostSeed::Why::kUnfinished) {
      lost[{seed.why, seed.cause}].push_back(seed.seed);
      continue;
    }
    unfinished.push_back(seed.seed);
    least = std::min(least, seed.progress);
    most = std::max(most, seed.progress);
  }
  if (!unfinished.empty()) {
    const std::string range = fmt::format("{:.0f}", 100 * least),
                      end = fmt::format("{:.0f}", 100 * most);
    notes.push_back(fmt::format("{} of {} seeds unfinished, at {} %", unfinished.size(),
                                setting.seeds.size() + setting.lost.size(),
                                range == end ? range : range + " to " + end));
  }
  for (const auto& [what, seeds] : lost) {
    const auto& [why, cause] = what;
    const std::string verb = why == LostSeed::Why::kFailed ? " failed (" + cause + ")"
                             : why == LostSeed::Why::kNoScore
                                 ? " without a score (" + cause + ")"
                                 : " missing (planned, no committed result)";
    notes.push_back(seeds_named(seeds) + verb);
  }
}

void note_choice(const Pair& pair, std::vector<std::string>& notes) {
  if (pair.settings.size() < 2) return;
  const Setting& chosen = pair.setting();
  notes.push_back(fmt::format(
      "{} was chosen among {} settings by the highest mean - std over seeds{}, on the seeds shown, "
      "so its score is optimistic{}",
      chosen.name, pair.settings.size(),
      chosen.scores.size() < 2 ? " (by the mean: fewer than two seeds)" : "",
      chosen.lost.empty() ? "" : "; no setting is complete"));
  if (!pair.suspicious.empty())
    notes.push_back("the settings differ in " + pair.suspicious +
                    ", which is no hyperparameter; give them labels of their own");
  std::size_t failed = 0, missing = 0;
  for (const Setting& setting : pair.settings) {
    if (&setting == &chosen) continue;
    failed += static_cast<std::size_t>(setting.n_failed());
    missing += static_cast<std::size_t>(setting.n_missing());
  }
  if (failed + missing > 0)
    notes.push_back(fmt::format("of the settings not chosen, {} failed and {} {} missing",
                                counted(failed, "trial"), counted(missing, "trial"),
                                missing == 1 ? "is" : "are"));
}

void note_broken_episodes(const Setting& setting, std::vector<std::string>& notes) {
  double episodes = 0, broken = 0;
  for (const TrialRecord* record : setting.records) {
    const CurveTotals totals = record->totals();
    episodes += static_cast<double>(totals.episodes);
    broken += static_cast<double>(totals.unstable);
  }
  if (broken > 0)
    notes.push_back(percent(broken / episodes) + " of the episodes broke the simulation");
}

void note_no_updates(const Setting& setting, std::vector<std::string>& notes) {
  std::vector<std::uint64_t> seeds;
  for (std::size_t i = 0; i < setting.records.size(); ++i)
    if (never_learned(setting.records[i]->totals())) seeds.push_back(setting.seeds[i]);
  if (seeds.empty()) return;
  notes.push_back(seeds.size() == setting.seeds.size() ? "no update was made"
                                                       : seeds_named(seeds) + " made no update");
}

// Episodes that were running when the budget ended are rather the long ones.
void note_running_episodes(const Setting& setting, std::vector<std::string>& notes) {
  constexpr double kNotable = 0.05;
  double steps = 0, ended_steps = 0, shortest = INFINITY, longest = 0;
  for (const TrialRecord* record : setting.records) {
    const CurveTotals totals = record->totals();
    if (totals.iterations == 0) return;
    steps += static_cast<double>(totals.steps);
    ended_steps += totals.ended_steps;
    shortest = std::fmin(shortest, totals.shortest);
    longest = std::fmax(longest, totals.longest);
  }
  // Where all episodes are of one length, none is rather running than another.
  if (steps == 0 || longest - shortest < 0.01 * longest) return;
  const double share = 1 - ended_steps / steps;
  if (share > kNotable)
    notes.push_back(percent(share) +
                    " of the steps are of episodes that had not ended, which do not count and are "
                    "rather long ones");
}

// Where iterations hold few episodes, what counts by iteration depends on their length.
void note_short_iterations(const std::vector<const Pair*>& pairs, Score score,
                           std::vector<std::string>& notes) {
  if (!is_by_iteration(score)) return;
  std::vector<std::string> algorithms;
  for (const Pair* pair : pairs) {
    double iterations = 0, episodes = 0;
    for (const TrialRecord* record : pair->setting().records) {
      const CurveTotals totals = record->totals();
      iterations += static_cast<double>(totals.iterations);
      episodes += static_cast<double>(totals.episodes);
    }
    const bool known =
        std::find(algorithms.begin(), algorithms.end(), pair->algorithm) != algorithms.end();
    if (episodes < kStretchEpisodes * iterations && !known) algorithms.push_back(pair->algorithm);
  }
  if (algorithms.empty()) return;
  notes.push_back(fmt::format(
      "Iterations of {} hold fewer than {} episodes on average: scores by iteration then depend on "
      "how long iterations are; --score {} does not",
      join(algorithms, ", "), kStretchEpisodes, score_name(kDefaultScore)));
}

// Results of one table that different code made are no fair comparison, within a cell or between
// cells.
void note_code(const std::vector<const Pair*>& pairs, std::vector<std::string>& notes) {
  std::vector<const TrialRecord*> records;
  for (const Pair* pair : pairs)
    records.insert(records.end(), pair->setting().records.begin(), pair->setting().records.end());
  const std::vector<std::string> changes = changes_to_newest(records);
  std::vector<CodeOfResult> changed;
  std::size_t at = 0;
  for (const Pair* pair : pairs)
    for (const std::uint64_t seed : pair->setting().seeds)
      if (const std::string& change = changes[at++]; !change.empty())
        changed.push_back({pair->algorithm + " on " + pair->env, seed, change});
  for (std::string& line : describe_other_code(changed, records.size()))
    notes.push_back(std::move(line));
}

}  // namespace

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string join(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : separator).append(part);
  return text;
}

std::vector<std::string> notes_of_cell(const Pair& pair, Score score) {
  std::vector<std::string> notes;
  note_choice(pair, notes);
  note_losses(pair.setting(), notes);
  note_no_updates(pair.setting(), notes);
  note_broken_episodes(pair.setting(), notes);
  if (!is_evaluation(score)) note_running_episodes(pair.setting(), notes);
  return notes;
}

std::string note_of_row(const std::vector<const Pair*>& row) {
  constexpr double kNotable = 1.1;  // an iteration too many is no other budget
  std::vector<std::string> budgets;
  double least = INFINITY, most = 0;
  for (const Pair* pair : row) {
    // More steps teach a policy nothing that acts without learning.
    if (pair->algorithm_name == "random") continue;
    double steps = 0;
    for (const TrialRecord* record : pair->setting().records)
      steps = std::max(steps, static_cast<double>(record->totals().steps));
    if (steps == 0) continue;
    least = std::min(least, steps);
    most = std::max(most, steps);
    budgets.push_back(pair->algorithm + " " + grouped(static_cast<std::int64_t>(steps)));
  }
  return most > kNotable * least ? "different budgets: " + join(budgets, ", ") + " steps" : "";
}

std::vector<std::string> notes_of_table(const std::vector<const Pair*>& pairs, Score score) {
  std::vector<std::string> notes;
  note_short_iterations(pairs, score, notes);
  note_code(pairs, notes);
  return notes;
}

}  // namespace rlrun
