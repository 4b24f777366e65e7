#include "report/layout.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/notes.hpp"
#include "report/number.hpp"

namespace rlrun {

namespace {

int decimals_of_row(const Table& table, const std::string& env) {
  double largest = 0;
  const auto consider = [&](double value) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  };
  for (const Cell& cell : table.cells) {
    if (cell.env != env) continue;
    consider(cell.mean);
    if (cell.published) consider(cell.published->mean);
  }
  return decimals_for(largest);
}

TextCell our_cell(const Cell& cell, int decimals) {
  TextCell text;
  const int planned = cell.n + cell.n_failed + cell.n_missing;
  text.mean = cell.n > 0 ? number_text(cell.mean, decimals) : "–";
  text.std = number_text(cell.std, decimals);
  text.count =
      cell.n == planned ? fmt::format("{}", cell.n) : fmt::format("{}/{}", cell.n, planned);
  text.bold = cell.bold;
  text.withheld = cell.bold_withheld;
  return text;
}

TextCell published_cell(const Cell& cell, int decimals) {
  TextCell text;
  if (!cell.published) return text;
  text.mean = number_text(cell.published->mean, decimals);
  text.std = text.mean.empty() ? "" : number_text(cell.published->std, decimals);
  if (text.mean.empty()) text.remark = cell.published->note.empty() ? "–" : cell.published->note;
  text.bold = cell.published->bold;
  return text;
}

TextCell difference_cell(const Cell& cell, int decimals) {
  TextCell text;
  if (!cell.published) return text;
  text.mean = number_text(cell.mean - cell.published->mean, decimals);
  const bool zero = text.mean.find_first_not_of("0.") == std::string::npos;
  if (!zero && text.mean.front() != '-') text.mean.insert(text.mean.begin(), '+');
  return text;
}

// Numbers for notes, in the order of their first use; the same text has the same number.
class Footnotes {
 public:
  std::string mark(const std::vector<std::string>& notes) {
    std::string marks;
    for (const std::string& note : notes) {
      const auto at = std::find(texts_.begin(), texts_.end(), note) - texts_.begin();
      if (at == static_cast<std::ptrdiff_t>(texts_.size())) texts_.push_back(note);
      marks += fmt::format("{}{}", marks.empty() ? "" : ",", at + 1);
    }
    return marks;
  }
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

std::vector<TextSetting> lay_out_settings(const Table& table) {
  std::vector<TextSetting> lines;
  std::string before;
  for (const Cell& cell : table.settings) {
    TextSetting line{cell.algorithm + " on " + cell.env, cell.setting,
                     our_cell(cell, decimals_of_row(table, cell.env))};
    line.cell.bold = cell.chosen;
    if (line.pair == before) {
      line.pair.clear();
    } else {
      before = line.pair;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

bool lost_seeds(const Table& table) {
  return std::any_of(table.cells.begin(), table.cells.end(),
                     [](const Cell& cell) { return cell.n_failed + cell.n_missing > 0; });
}

}  // namespace

std::string describe_score(Score score) {
  const std::string name = score_name(score);
  switch (score) {
    case Score::kStretches:
      return fmt::format(
          "{}: mean over the stretches of the training of a stretch's average return; a stretch is "
          "one iteration, or as many as hold {} steps and {} episodes",
          name, grouped(kStretchSteps), kStretchEpisodes);
    case Score::kIterations:
      return name + ": mean over all iterations of the iteration's average training return";
    case Score::kPooled:
      return name + ": mean of the returns of all training episodes";
    case Score::kFinal:
      return name + ": mean over the last tenth of the iterations of the average training return";
    case Score::kLast100:
      return name + ": mean of the returns of the last 100 training episodes";
    case Score::kBest:
      return name +
             ": average training return of the best iteration (optimistic: the maximum of noisy "
             "values)";
    case Score::kEvaluation:
      return fmt::format(
          "{}: mean of the evaluations without exploration made within the last {} "
          "steps of the budget",
          name, kEvaluationWindow);
    case Score::kEvaluationFinal:
      return name + ": mean return of the last evaluation without exploration";
    case Score::kEvaluationBest:
      return name + ": mean return of the best evaluation without exploration (optimistic)";
  }
  return name;
}

std::vector<std::string> general_notes(const Table& table) {
  std::vector<std::string> notes;
  notes.push_back(fmt::format(
      "Bold: the best of its row and all that do not differ from it significantly (two-sided Welch "
      "test at {}{}), unless significantly worse than random, which is no candidate itself.",
      table.level,
      table.holm ? ", Holm's correction for all pairs of the row"
                 : ", not corrected for the number of tests"));
  if (std::any_of(table.cells.begin(), table.cells.end(),
                  [](const Cell& c) { return c.bold_withheld; })) {
    notes.push_back(
        "†: bold is withheld, because seeds failed or are missing, or because one seed allows no "
        "test.");
  }
  if (lost_seeds(table)) {
    notes.push_back(
        "k/n: only k of the n planned seeds count, the others failed or are missing; –: none of "
        "them.");
  }
  if (!table.published.empty()) {
    // A title may begin with the word itself.
    const bool said = table.published.starts_with("Published");
    notes.push_back(
        fmt::format("{}{}; means and ± as printed there. Difference: ours "
                    "minus published.",
                    said ? "" : "Published: ", table.published));
  }
  notes.insert(notes.end(), table.notes.begin(), table.notes.end());
  return notes;
}

TextTable lay_out(const Table& table) {
  TextTable text;
  text.title = table.title;
  text.caption = "Score " + describe_score(table.score) +
                 ". Cells: mean ± sample standard deviation over seeds (number of seeds).";
  text.columns = table.algorithms;
  Footnotes footnotes;
  for (const std::string& env : table.envs) {
    const int decimals = decimals_of_row(table, env);
    TextRow ours{TextRow::Kind::kOurs, env, "", {}};
    TextRow published{TextRow::Kind::kPublished, "published", "", {}};
    TextRow difference{TextRow::Kind::kDifference, "difference", "", {}};
    if (const auto note = table.rows.find(env); note != table.rows.end())
      ours.marks = footnotes.mark({note->second});
    bool any = false;
    for (const std::string& algorithm : table.algorithms) {
      const auto cell = std::find_if(table.cells.begin(), table.cells.end(), [&](const Cell& c) {
        return c.env == env && c.algorithm == algorithm;
      });
      const bool planned = cell != table.cells.end();
      ours.cells.push_back(planned ? our_cell(*cell, decimals) : TextCell{});
      if (planned) ours.cells.back().marks = footnotes.mark(cell->notes);
      published.cells.push_back(planned ? published_cell(*cell, decimals) : TextCell{});
      difference.cells.push_back(planned ? difference_cell(*cell, decimals) : TextCell{});
      any = any || (planned && cell->published);
    }
    text.rows.push_back(std::move(ours));
    if (any) {
      text.rows.push_back(std::move(published));
      text.rows.push_back(std::move(difference));
    }
  }
  text.settings = lay_out_settings(table);
  text.notes = general_notes(table);
  text.footnotes = footnotes.texts();
  return text;
}

}  // namespace rlrun
