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

json::Value number_or_null(double value) {
  return std::isfinite(value) ? json::Value(value) : json::Value();
}

json::Value json_cell(const Cell& cell) {
  json::Array seeds;
  for (const double score : cell.seeds) seeds.push_back(number_or_null(score));
  json::Object object = {{"env", cell.env},
                         {"algorithm", cell.algorithm},
                         {"n", cell.n},
                         {"n_failed", cell.n_failed},
                         {"mean", number_or_null(cell.mean)},
                         {"std", number_or_null(cell.std)},
                         {"best", cell.best},
                         {"bold", cell.bold},
                         {"p", cell.p ? number_or_null(*cell.p) : json::Value()},
                         {"seeds", std::move(seeds)},
                         {"n_missing", cell.n_missing},
                         {"bold_withheld", cell.bold_withheld},
                         {"setting", cell.setting},
                         {"n_settings", cell.n_settings}};
  if (cell.published) {
    object.emplace_back(
        "published",
        json::Object{{"mean", number_or_null(cell.published->mean)},
                     {"std", number_or_null(cell.published->std)},
                     {"bold", cell.published->bold},
                     {"note", cell.published->note},
                     {"difference", number_or_null(cell.mean - cell.published->mean)}});
  }
  return object;
}

}  // namespace

std::string format_csv(const Table& table) {
  std::string out =
      "env,algorithm,setting,settings,score,n,n_failed,n_missing,mean,sample_std,best,bold,"
      "bold_withheld,p,seeds,published_mean,published_std,published_bold,published_note,"
      "difference\n";
  for (const Cell& cell : table.cells) {
    // As a list in JSON: numbers with blanks between them would be a formula to a spreadsheet.
    std::string seeds;
    for (const double score : cell.seeds) seeds += (seeds.empty() ? "" : ", ") + exact(score);
    out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},", escape_csv(cell.env),
                       escape_csv(cell.algorithm), escape_csv(cell.setting), cell.n_settings,
                       score_name(table.score), cell.n, cell.n_failed, cell.n_missing,
                       exact(cell.mean), exact(cell.std), cell.best, cell.bold, cell.bold_withheld,
                       cell.p ? exact(*cell.p) : "", escape_csv("[" + seeds + "]"));
    if (cell.published) {
      const Cell::Published& published = *cell.published;
      out +=
          fmt::format("{},{},{},{},{}", exact(published.mean), exact(published.std), published.bold,
                      escape_csv(published.note), exact(cell.mean - published.mean));
    } else {
      out += ",,,,";
    }
    out += "\n";
  }
  return out;
}

std::string format_json(const Table& table) {
  json::Array cells, notes;
  for (const Cell& cell : table.cells) cells.push_back(json_cell(cell));
  for (const std::string& note : all_notes(table)) notes.emplace_back(note);
  const json::Object root = {{"score", score_name(table.score)},
                             {"cells", std::move(cells)},
                             {"title", table.title},
                             {"meaning", "mean and sample standard deviation (std) over seeds; " +
                                             describe_score(table.score)},
                             {"level", table.level},
                             {"holm", table.holm},
                             {"notes", std::move(notes)}};
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
