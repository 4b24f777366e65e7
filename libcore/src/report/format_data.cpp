// The formats for programs: CSV and JSON. Numbers have all their digits.

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "json/json.hpp"
#include "report/escape.hpp"
#include "report/layout.hpp"

namespace rlrun {

namespace {

// The shortest text that reads back as the same number; nothing for a number that is not there.
std::string exact(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "";
}

const char* why_name(LostSeed::Why why) {
  switch (why) {
    case LostSeed::Why::kFailed:
      return "failed";
    case LostSeed::Why::kNoScore:
      return "no score";
    case LostSeed::Why::kUnfinished:
      return "unfinished";
    case LostSeed::Why::kMissing:
      break;
  }
  return "missing";
}

json::Array json_texts(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

json::Value json_lost(const LostSeed& lost) {
  json::Object object = {{"seed", static_cast<std::int64_t>(lost.seed)},
                         {"why", why_name(lost.why)}};
  if (!lost.cause.empty()) object.emplace_back("cause", lost.cause);
  if (lost.why == LostSeed::Why::kUnfinished) object.emplace_back("progress", lost.progress);
  return object;
}

json::Value json_cell(const Cell& cell) {
  json::Array seeds, scores, lost;
  for (const std::uint64_t seed : cell.seeds) seeds.emplace_back(static_cast<std::int64_t>(seed));
  for (const double score : cell.scores) scores.push_back(json::number_or_null(score));
  for (const LostSeed& seed : cell.lost) lost.push_back(json_lost(seed));
  json::Object object = {{"env", cell.env},
                         {"algorithm", cell.algorithm},
                         {"n", cell.n},
                         {"n_failed", cell.n_failed},
                         {"n_missing", cell.n_missing},
                         {"mean", json::number_or_null(cell.mean)},
                         {"std", json::number_or_null(cell.std)},
                         {"best", cell.best},
                         {"bold", cell.bold},
                         {"bold_withheld", cell.bold_withheld},
                         {"worse_than_random", cell.worse_than_random},
                         {"p", cell.p ? json::number_or_null(*cell.p) : json::Value()},
                         {"seeds", std::move(seeds)},
                         {"scores", std::move(scores)},
                         {"lost", std::move(lost)},
                         {"setting", cell.setting},
                         {"n_settings", cell.n_settings},
                         {"chosen", cell.chosen},
                         {"notes", json_texts(cell.notes)}};
  if (cell.published) {
    object.emplace_back(
        "published",
        json::Object{{"mean", json::number_or_null(cell.published->mean)},
                     {"std", json::number_or_null(cell.published->std)},
                     {"bold", cell.published->bold},
                     {"note", cell.published->note},
                     {"difference", json::number_or_null(cell.mean - cell.published->mean)}});
  }
  return object;
}

// As a list in JSON: numbers with blanks between them would be a formula to a spreadsheet.
template <class Values, class Text>
std::string csv_list(const Values& values, const Text& text) {
  std::string list;
  for (const auto& value : values) list.append(list.empty() ? "" : ", ").append(text(value));
  return escape_csv("[" + list + "]");
}

std::string csv_row(const Table& table, const Cell& cell) {
  std::string notes;
  if (const auto row = table.rows.find(cell.env); row != table.rows.end()) notes = row->second;
  for (const std::string& note : cell.notes) notes.append(notes.empty() ? "" : "; ").append(note);
  std::string out =
      fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},", escape_csv(cell.env),
                  escape_csv(cell.algorithm), escape_csv(cell.setting), cell.n_settings,
                  cell.chosen, score_name(table.score), cell.n, cell.n_failed, cell.n_missing,
                  exact(cell.mean), exact(cell.std), cell.best, cell.bold, cell.bold_withheld,
                  cell.worse_than_random, cell.p ? exact(*cell.p) : "",
                  csv_list(cell.seeds, [](std::uint64_t seed) { return std::to_string(seed); }),
                  csv_list(cell.scores, exact), escape_csv(notes));
  if (!cell.published) return out + ",,,,\n";
  const Cell::Published& published = *cell.published;
  return out + fmt::format("{},{},{},{},{}\n", exact(published.mean), exact(published.std),
                           published.bold, escape_csv(published.note),
                           exact(cell.mean - published.mean));
}

}  // namespace

// Notes on the table as a whole have no place in it: readers of CSV know no comments.
std::string format_csv(const Table& table) {
  std::string out =
      "env,algorithm,setting,settings,chosen,score,n,n_failed,n_missing,mean,sample_std,best,bold,"
      "bold_withheld,worse_than_random,p,seeds,scores,notes,published_mean,published_std,"
      "published_bold,published_note,difference\n";
  for (const Cell& cell : table.cells) out += csv_row(table, cell);
  for (const Cell& cell : table.settings)
    if (!cell.chosen) out += csv_row(table, cell);
  return out;
}

std::string format_json(const Table& table) {
  json::Array cells, settings;
  for (const Cell& cell : table.cells) cells.push_back(json_cell(cell));
  for (const Cell& cell : table.settings) settings.push_back(json_cell(cell));
  json::Object rows;
  for (const auto& [env, note] : table.rows) rows.emplace_back(env, note);
  json::Object root = {{"score", score_name(table.score)},
                       {"cells", std::move(cells)},
                       {"rows", std::move(rows)},
                       {"title", table.title},
                       {"meaning", "mean and sample standard deviation (std) over seeds; " +
                                       describe_score(table.score)},
                       {"level", table.level},
                       {"holm", table.holm},
                       {"notes", json_texts(general_notes(table))}};
  if (!settings.empty()) root.emplace_back("settings", std::move(settings));
  std::string text = json::pretty(root);
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string format_table(const Table& table, const std::string& format) {
  if (format == "md") return format_markdown(table);
  if (format == "latex") return format_latex(table);
  if (format == "csv") return format_csv(table);
  if (format == "html") return format_html(table);
  if (format == "json") return format_json(table);
  throw UserError("format '" + format + "' is unknown; known: md, latex, csv, html, json",
                  ExitCode::kUsage);
}

}  // namespace rlrun
