#include <algorithm>
#include <utility>

#include "rlrun/error.hpp"

#include "report/groups.hpp"
#include "report/notes.hpp"
#include "report/published.hpp"

namespace rlrun {

namespace {

// Uniformly random actions are a yardstick, not a method: never best and never bold.
bool competes(const Pair& pair, const Cell& cell) {
  return pair.algorithm_name != "random" && cell.n > 0;
}

Cell make_cell(const Pair& pair, const Setting& setting) {
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
  cell.chosen = &setting == &pair.setting();
  cell.seeds = setting.seeds;
  cell.scores = setting.scores;
  cell.lost = setting.lost;
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
      if (const auto p = welch_p(candidates[i]->scores, candidates[j]->scores)) {
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

// Whether a cell is significantly below one of the yardsticks of its row. Each cell is tested by
// itself, without correction: this takes boldface away and gives none.
bool worse_than(const std::vector<const Cell*>& yardsticks, const Cell& cell, double level) {
  return std::any_of(yardsticks.begin(), yardsticks.end(), [&](const Cell* yardstick) {
    if (!(cell.mean < yardstick->mean)) return false;
    const auto p = welch_p(cell.scores, yardstick->scores);
    // Without spread on both sides, lower is lower.
    return p ? *p < level : cell.n >= 2 && yardstick->n >= 2;
  });
}

void compare_with_random(const std::vector<const Cell*>& yardsticks,
                         const std::vector<Cell*>& candidates, double level) {
  for (Cell* cell : candidates) {
    cell->worse_than_random = worse_than(yardsticks, *cell, level);
    if (!cell->worse_than_random) continue;
    cell->bold = cell->bold_withheld = false;
    cell->notes.emplace_back("significantly worse than random");
  }
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
      table.cells.push_back(make_cell(*pair, pair->setting()));
      table.cells.back().notes = notes_of_cell(*pair, options.score);
      if (!options.all_settings || pair->settings.size() < 2) continue;
      for (const Setting& setting : pair->settings)
        table.settings.push_back(make_cell(*pair, setting));
    }
  }
  for (const std::string& env : table.envs) {
    std::vector<const Pair*> row;
    std::vector<Cell*> candidates;
    std::vector<const Cell*> yardsticks;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      Cell& cell = table.cells[i];
      if (cell.env != env) continue;
      row.push_back(pairs[i]);
      if (competes(*pairs[i], cell)) {
        candidates.push_back(&cell);
      } else if (cell.n > 0) {
        yardsticks.push_back(&cell);
      }
    }
    compare_row(candidates, options);
    compare_with_random(yardsticks, candidates, options.level);
    if (std::string note = note_of_row(row); !note.empty()) table.rows[env] = std::move(note);
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

  for (std::string& note : notes_of_table(pairs, options.score))
    table.notes.push_back(std::move(note));
  table.notes.insert(table.notes.end(), groups.problems.begin(), groups.problems.end());
  return table;
}

}  // namespace rlrun
