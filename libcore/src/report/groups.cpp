#include "report/groups.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "rlrun/error.hpp"

#include "trial/trial.hpp"

namespace rlrun {

namespace {

// Leaves of a nested object by dotted path.
void flatten(const json::Value& value, const std::string& path,
             std::map<std::string, std::string>& leaves) {
  if (const json::Object* object = value.if_object()) {
    for (const auto& [key, member] : *object) {
      flatten(member, path.empty() ? key : path + "." + key, leaves);
    }
  } else {
    leaves[path] = json::canonical(value);
  }
}

// A setting while it is being collected.
struct OpenSetting {
  Setting setting;
  json::Value identity;                              // Without the seed.
  std::map<std::uint64_t, std::string_view> trials;  // Id of each seed.
};

// Where settings differ within these members of their identities.
struct Differences {
  std::vector<std::string> paths;                          ///< Of leaves, sorted.
  std::vector<std::map<std::string, std::string>> leaves;  ///< Of each setting, by path.
};
Differences differences(const std::vector<OpenSetting>& open,
                        std::initializer_list<const char*> members) {
  Differences found;
  found.leaves.resize(open.size());
  std::set<std::string> paths;
  for (const char* name : members) {
    const auto member = [&](const OpenSetting& setting) -> const json::Value& {
      static const json::Value nothing;
      const json::Value* its = setting.identity.find(name);
      return its == nullptr ? nothing : *its;
    };
    if (std::all_of(open.begin(), open.end(), [&](const OpenSetting& setting) {
          return member(setting) == member(open.front());
        }))
      continue;
    for (std::size_t i = 0; i < open.size(); ++i) {
      flatten(member(open[i]), name, found.leaves[i]);
      for (const auto& [path, value] : found.leaves[i]) paths.insert(path);
    }
  }
  for (const std::string& path : paths) {
    const auto first = found.leaves.front().find(path);
    const bool same = std::all_of(found.leaves.begin(), found.leaves.end(), [&](auto& of_one) {
      const auto its = of_one.find(path);
      return its != of_one.end() && first != found.leaves.front().end() &&
             its->second == first->second;
    });
    if (!same) found.paths.push_back(path);
  }
  return found;
}

// Names the settings of a pair: in the words of the experiment if these tell them apart, else by
// what differs.
void name_settings(Pair& pair, const std::vector<OpenSetting>& open) {
  if (open.size() < 2) {
    for (Setting& setting : pair.settings) setting.name.clear();
    return;
  }
  for (const std::string& path : differences(open, {"env", "budget", "evaluation"}).paths)
    pair.suspicious += (pair.suspicious.empty() ? "" : ", ") + path;
  std::set<std::string> words;
  for (const Setting& setting : pair.settings) words.insert(setting.name);
  if (words.size() == pair.settings.size() && !words.contains("")) return;
  const Differences found =
      differences(open, {"algorithm", "budget", "env", "evaluation", "policy"});
  for (std::size_t i = 0; i < open.size(); ++i) {
    std::string name;
    for (const std::string& path : found.paths) {
      const auto leaf = found.leaves[i].find(path);
      name += (name.empty() ? "" : ", ") + path + "=" +
              (leaf == found.leaves[i].end() ? "(none)" : leaf->second);
    }
    pair.settings[i].name = name;
  }
}

// Complete settings first: the seeds that survive a setting say nothing of those that did not. Then
// the rule of Duan et al. 2016 for hyperparameters, where a setting with at least two seeds comes
// before one that has no spread, and that before one without any score.
std::size_t choose(const std::vector<Setting>& settings) {
  const auto rank = [](const Setting& s) {
    const std::size_t n = s.scores.size();
    const double share = static_cast<double>(n) / static_cast<double>(n + s.lost.size());
    if (n == 0) return std::tuple(share, 0, 0.0);
    if (n == 1) return std::tuple(share, 1, s.scores.front());
    return std::tuple(share, 2, mean(s.scores) - sample_std(s.scores));
  };
  std::size_t chosen = 0;
  for (std::size_t i = 1; i < settings.size(); ++i) {
    if (rank(settings[i]) > rank(settings[chosen])) chosen = i;
  }
  return chosen;
}

std::string cause_of(const TrialRecord& record) {
  std::string cause = record.cause.kind.empty() ? "failed" : record.cause.kind;
  if (record.cause.iteration >= 0) {
    cause += " in iteration " + std::to_string(record.cause.iteration);
  }
  if (!record.cause.message.empty()) cause += ": " + record.cause.message;
  return cause;
}

std::string why_no_score(const TrialRecord& record, Score score) {
  // Of infinities of both signs, the score is no number and the best is infinite.
  const Score best = is_evaluation(score) ? Score::kEvaluationBest : Score::kBest;
  if (std::isinf(trial_score(record, score)) || std::isinf(trial_score(record, best)))
    return "returns beyond the largest number";
  if (!is_evaluation(score)) return "no episode ended";
  return score == Score::kEvaluation
             ? "no evaluation within the last " + std::to_string(kEvaluationWindow) + " steps"
             : "no evaluation was made";
}

// An unasked-for property of the sweep: said once, and not as the failure of every seed.
void require_evaluations(const std::vector<Results>& results) {
  for (const Results& result : results)
    for (const json::Value& config : result.planned)
      if (config.find("evaluation") != nullptr) return;
  throw UserError(
      "these results hold no evaluations; give the experiment \"evaluation\": {\"every\": 5000, "
      "\"episodes\": 10} and sweep it again, or choose a score of the training",
      ExitCode::kUsage);
}

// What is known of trials, by id.
struct Known {
  std::unordered_map<std::string_view, const TrialRecord*> ended;
  std::unordered_map<std::string_view, const UnfinishedTrial*> unfinished;
};

void account_without_result(Setting& setting, std::uint64_t seed, const UnfinishedTrial* trial) {
  if (trial == nullptr) {
    setting.lost.push_back({seed, LostSeed::Why::kMissing, ""});
    return;
  }
  setting.lost.push_back({seed, LostSeed::Why::kUnfinished, "", trial->progress});
  setting.partial.push_back({seed, &trial->record, false, trial->progress});
}

void account(OpenSetting& open, const Known& known, Score score) {
  for (const auto& [seed, id] : open.trials) {
    const auto found = known.ended.find(id);
    if (found == known.ended.end()) {
      const auto unfinished = known.unfinished.find(id);
      account_without_result(open.setting, seed,
                             unfinished == known.unfinished.end() ? nullptr : unfinished->second);
      continue;
    }
    const TrialRecord& record = *found->second;
    if (record.status != TrialStatus::kComplete) {
      open.setting.lost.push_back({seed, LostSeed::Why::kFailed, cause_of(record)});
      open.setting.partial.push_back({seed, &record, true});
      continue;
    }
    const double value = trial_score(record, score);
    if (!std::isfinite(value)) {
      open.setting.lost.push_back({seed, LostSeed::Why::kNoScore, why_no_score(record, score)});
      continue;
    }
    open.setting.seeds.push_back(seed);
    open.setting.scores.push_back(value);
    open.setting.records.push_back(&record);
  }
}

void add_once(std::vector<std::string>& list, const std::string& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

// NaN equals NaN here.
bool same_scores(const TrialRecord& a, const TrialRecord& b) {
  return std::all_of(kAllScores.begin(), kAllScores.end(), [&](Score score) {
    const double x = trial_score(a, score), y = trial_score(b, score);
    return x == y || (std::isnan(x) && std::isnan(y));
  });
}

}  // namespace

int Setting::n_failed() const {
  return static_cast<int>(std::count_if(lost.begin(), lost.end(), [](const LostSeed& seed) {
    return seed.why == LostSeed::Why::kFailed || seed.why == LostSeed::Why::kNoScore;
  }));
}

int Setting::n_missing() const {
  return static_cast<int>(lost.size()) - n_failed();
}

const Pair* Groups::find(const std::string& env, const std::string& algorithm) const {
  for (const Pair& pair : pairs) {
    if (pair.env == env && pair.algorithm == algorithm) return &pair;
  }
  return nullptr;
}

Groups group_trials(const std::vector<Results>& results, Score score) {
  Groups groups;
  Known known_trials;
  auto& records = known_trials.ended;
  std::vector<std::vector<Trial>> trials_of;  // each folder
  std::vector<std::vector<std::string>> ids_in;
  trials_of.reserve(results.size());
  ids_in.reserve(results.size());
  struct Planned {
    const Trial& trial;
    std::string_view id;
  };
  std::vector<Planned> planned;
  std::unordered_multimap<std::string_view, const Trial*> by_id;
  std::vector<std::string> titles;
  for (const Results& result : results) {
    if (!result.title.empty()) add_once(titles, result.title);
    groups.problems.insert(groups.problems.end(), result.problems.begin(), result.problems.end());
    std::vector<Trial>& trials = trials_of.emplace_back();
    trials.reserve(result.planned.size());
    for (const json::Value& config : result.planned) trials.push_back(Trial::from_config(config));
    const std::vector<std::string>& ids = ids_in.emplace_back(ids_of(trials));
    for (std::size_t i = 0; i < trials.size(); ++i) {
      // The same trial under another label belongs to another row or column.
      const auto [first, last] = by_id.equal_range(ids[i]);
      if (std::any_of(first, last, [&](const auto& known) {
            return known.second->env.label == trials[i].env.label &&
                   known.second->algorithm.label == trials[i].algorithm.label;
          }))
        continue;
      by_id.emplace(ids[i], &trials[i]);
      planned.push_back({trials[i], ids[i]});
    }
    for (const UnfinishedTrial& trial : result.unfinished)
      known_trials.unfinished.emplace(trial.record.id, &trial);
    for (const TrialRecord& record : result.trials) {
      const auto [entry, is_new] = records.emplace(record.id, &record);
      if (is_new) continue;
      const TrialRecord*& known = entry->second;
      if (known->status != TrialStatus::kComplete) {
        known = &record;
      } else if (record.status == TrialStatus::kComplete && !same_scores(*known, record)) {
        groups.problems.push_back(
            "trial " + record.label + " (" + record.id +
            ") stands in two folders with different results; the first counts");
      }
    }
  }
  std::size_t stray = 0;
  for (const Results& result : results)
    for (const std::string& id : result.unplanned) stray += by_id.contains(id) ? 0 : 1;
  if (stray > 0) groups.problems.push_back(unplanned_text(stray));
  if (planned.empty()) {
    throw UserError("no trials are planned in the given result folders; run 'rlrun sweep' first",
                    ExitCode::kStore);
  }
  if (is_evaluation(score)) require_evaluations(results);
  for (const std::string& title : titles)
    groups.title += (groups.title.empty() ? "" : " + ") + title;

  // Collect the trials of each pair of labels under their settings.
  std::vector<std::vector<OpenSetting>> open;
  std::map<std::pair<std::string, std::string>, std::size_t> pair_of;
  std::vector<std::map<std::string, std::size_t>> setting_of;
  const Trial* before = nullptr;
  OpenSetting* setting = nullptr;  // of the trial before
  for (const auto& [trial, id] : planned) {
    if (before != nullptr && differ_in_seed_alone(*before, trial)) {
      setting->trials[trial.seed] = id;
      continue;
    }
    before = &trial;
    add_once(groups.envs, trial.env.label);
    add_once(groups.algorithms, trial.algorithm.label);
    const auto [at, is_new] =
        pair_of.try_emplace({trial.env.label, trial.algorithm.label}, groups.pairs.size());
    const std::size_t p = at->second;
    if (is_new) {
      Pair pair;
      pair.env = trial.env.label;
      pair.algorithm = trial.algorithm.label;
      pair.env_name = trial.env.name;
      pair.algorithm_name = trial.algorithm.name;
      groups.pairs.push_back(std::move(pair));
      open.emplace_back();
      setting_of.emplace_back();
    }
    json::Value identity = without_seed(identity_of(trial.config()));
    const auto [s, first] = setting_of[p].try_emplace(json::canonical(identity), open[p].size());
    if (first) {
      open[p].emplace_back();
      open[p].back().setting.name = trial.setting;
      open[p].back().identity = std::move(identity);
    }
    setting = &open[p][s->second];
    setting->trials[trial.seed] = id;
  }

  for (std::size_t p = 0; p < groups.pairs.size(); ++p) {
    Pair& pair = groups.pairs[p];
    for (OpenSetting& of_pair : open[p]) {
      account(of_pair, known_trials, score);
      pair.settings.push_back(std::move(of_pair.setting));
    }
    name_settings(pair, open[p]);
    pair.chosen = choose(pair.settings);
  }
  return groups;
}

}  // namespace rlrun
