#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "rlrun/error.hpp"

#include "report/groups.hpp"
#include "report/published.hpp"
#include "store/code.hpp"

namespace rlrun {

namespace {

// Uniformly random actions are a yardstick, not a method: never best and never bold.
bool competes(const Pair& pair, const Cell& cell) {
  return pair.algorithm_name != "random" && cell.n > 0;
}

Cell make_cell(const Pair& pair) {
  const Setting& setting = pair.setting();
  Cell cell;
  cell.env = pair.env;
  cell.algorithm = pair.algorithm;
  cell.setting = setting.name;
  cell.n_settings = static_cast<int>(pair.settings.size());
  cell.n = static_cast<int>(setting.scores.size());
  cell.n_failed = setting.n_failed();
  cell.n_missing = setting.n_missing();
  cell.mean = mean(setting.scores);
  cell.std = sample_std(setting.scores);
  cell.seeds = setting.scores;
  return cell;
}

// P-values of the candidates against the best of them. With Holm, the family is all pairs of the
// row: the best is chosen by the data, so correcting for the tests against it alone would reject
// too often.
std::vector<std::optional<double>> p_against_best(const std::vector<Cell*>& candidates,
                                                  std::size_t best, bool correct) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::vector<double> values;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    for (std::size_t j = i + 1; j < candidates.size(); ++j) {
      if (!correct && i != best && j != best) continue;
      if (const auto p = welch_p(candidates[i]->seeds, candidates[j]->seeds)) {
        pairs.emplace_back(i, j);
        values.push_back(*p);
      }
    }
  }
  if (correct) values = holm(values);
  std::vector<std::optional<double>> result(candidates.size());
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const auto [i, j] = pairs[k];
    if (i == best) result[j] = values[k];
    if (j == best) result[i] = values[k];
  }
  return result;
}

void compare_row(const std::vector<Cell*>& candidates, const TableOptions& options) {
  if (candidates.empty()) return;
  const auto best_cell =
      std::max_element(candidates.begin(), candidates.end(),
                       [](const Cell* a, const Cell* b) { return a->mean < b->mean; });
  const auto best = static_cast<std::size_t>(best_cell - candidates.begin());
  const std::vector<std::optional<double>> p = p_against_best(candidates, best, options.holm);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    Cell& cell = *candidates[i];
    cell.best = i == best;
    cell.p = p[i];
    // Without spread on both sides there is no test, but then equal means are equal results.
    const bool not_worse = cell.best || (cell.p ? *cell.p >= options.level
                                                : cell.n >= 2 && (*best_cell)->n >= 2 &&
                                                      cell.mean == (*best_cell)->mean);
    const bool whole = cell.n >= 2 && cell.n_failed == 0 && cell.n_missing == 0;
    cell.bold = not_worse && whole;
    cell.bold_withheld = not_worse && !whole;
  }
}

std::string counted(std::size_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

std::string join(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

// Says which seeds are lost, one note for each cause.
void note_losses(const Pair& pair, const Setting& setting, std::vector<std::string>& notes) {
  std::map<std::pair<bool, std::string>, std::vector<std::string>> seeds;
  for (const LostSeed& lost : setting.lost) {
    seeds[{lost.failed, lost.cause}].push_back(std::to_string(lost.seed));
  }
  const std::string where =
      pair.algorithm + " on " + pair.env + (setting.name.empty() ? "" : " with " + setting.name);
  for (const auto& [what, list] : seeds) {
    const auto& [failed, cause] = what;
    notes.push_back(
        where + ": " + (list.size() == 1 ? "seed " : "seeds ") + join(list, ", ") +
        (failed ? " failed (" + cause + ")" : " missing (planned, no committed result)"));
  }
}

void note_choice(const Pair& pair, std::vector<std::string>& notes) {
  if (pair.settings.size() < 2) return;
  const Setting& chosen = pair.setting();
  notes.push_back(pair.algorithm + " on " + pair.env + ": " + chosen.name + " was chosen among " +
                  std::to_string(pair.settings.size()) +
                  " settings by the highest mean - std over seeds" +
                  (chosen.scores.size() < 2 ? " (by the mean: fewer than two seeds)" : "") +
                  ", on the seeds shown, so its score is optimistic");
  if (!pair.suspicious.empty()) {
    notes.push_back(pair.algorithm + " on " + pair.env + ": the settings differ in " +
                    pair.suspicious +
                    ", which is no hyperparameter; give them labels of their own");
  }
  std::size_t failed = 0, missing = 0;
  for (const Setting& setting : pair.settings) {
    if (&setting == &chosen) continue;
    failed += static_cast<std::size_t>(setting.n_failed());
    missing += static_cast<std::size_t>(setting.n_missing());
  }
  if (failed + missing > 0) {
    notes.push_back(pair.algorithm + " on " + pair.env + ": of the settings not chosen, " +
                    counted(failed, "trial") + " failed and " + counted(missing, "trial") +
                    (missing == 1 ? " is" : " are") + " missing");
  }
}

// Results of one table that different code made are no fair comparison, within a cell or between
// cells.
void note_code(const std::vector<const Pair*>& pairs, std::vector<std::string>& notes) {
  std::vector<CodeOfResult> results;
  std::vector<const json::Value*> provenances;
  for (const Pair* pair : pairs) {
    const Setting& setting = pair->setting();
    for (std::size_t i = 0; i < setting.records.size(); ++i) {
      results.push_back({pair->algorithm + " on " + pair->env, setting.seeds[i], ""});
      provenances.push_back(&setting.records[i]->provenance);
    }
  }
  const std::vector<std::string> changes = changes_to_newest(provenances);
  for (std::size_t i = 0; i < results.size(); ++i) results[i].change = changes[i];
  for (std::string& line : describe_other_code(results)) notes.push_back(std::move(line));
}

// Where iterations hold few episodes, what counts by iteration depends on their length.
void note_short_iterations(const Groups& groups, Score score, std::vector<std::string>& notes) {
  if (!is_by_iteration(score)) return;
  std::vector<std::string> algorithms;
  for (const Pair& pair : groups.pairs) {
    std::int64_t iterations = 0, episodes = 0;
    for (const TrialRecord* record : pair.setting().records) {
      iterations += static_cast<std::int64_t>(record->curves.size());
      for (const std::int64_t ended : record->curves.episodes) episodes += ended;
    }
    const bool known =
        std::find(algorithms.begin(), algorithms.end(), pair.algorithm) != algorithms.end();
    if (episodes < kStretchEpisodes * iterations && !known) algorithms.push_back(pair.algorithm);
  }
  if (algorithms.empty()) return;
  notes.push_back("Iterations of " + join(algorithms, ", ") + " hold fewer than " +
                  std::to_string(kStretchEpisodes) +
                  " episodes on average: scores by iteration then depend on how long iterations "
                  "are; --score " +
                  score_name(kDefaultScore) + " does not");
}

}  // namespace

Table make_table(const std::vector<Results>& results, const TableOptions& options) {
  const Groups groups = group_trials(results, options.score);
  Table table;
  table.title = groups.title;
  table.score = options.score;
  table.holm = options.holm;
  table.level = options.level;
  table.envs = groups.envs;
  table.algorithms = groups.algorithms;

  std::vector<const Pair*> pairs;  // One for each cell.
  for (const std::string& env : table.envs) {
    for (const std::string& algorithm : table.algorithms) {
      const Pair* pair = groups.find(env, algorithm);
      if (pair == nullptr) continue;
      pairs.push_back(pair);
      table.cells.push_back(make_cell(*pair));
    }
  }
  for (const std::string& env : table.envs) {
    std::vector<Cell*> candidates;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (table.cells[i].env == env && competes(*pairs[i], table.cells[i])) {
        candidates.push_back(&table.cells[i]);
      }
    }
    compare_row(candidates, options);
  }

  if (!options.against.empty()) {
    const PublishedTable published = read_published(options.against);
    table.published = published.title.empty() ? options.against : published.title;
    if (!published.source.empty()) table.published += " (" + published.source + ")";
    bool any = false;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      table.cells[i].published = published.find(*pairs[i]);
      any = any || table.cells[i].published;
    }
    if (!any) table.notes.push_back(options.against + " has no number for any cell of this table");
  }

  note_short_iterations(groups, options.score, table.notes);
  for (const Pair* pair : pairs) note_choice(*pair, table.notes);
  for (const Pair* pair : pairs) note_losses(*pair, pair->setting(), table.notes);
  note_code(pairs, table.notes);
  table.notes.insert(table.notes.end(), groups.problems.begin(), groups.problems.end());
  return table;
}

}  // namespace rlrun
