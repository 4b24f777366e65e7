#pragma once
// A table as texts, before a format adds its own signs: what Markdown, LaTeX and HTML share.

#include <string>
#include <vector>

#include "report/report.hpp"

namespace rlrun {

/// "4869.8 ± 37.6 (4/5)" in parts; all empty for a pair that nobody planned.
struct TextCell {
  std::string mean;    ///< A number, or "–" where there is none.
  std::string std;     ///< Empty if there is none.
  std::string count;   ///< "5", or "4/5" if seeds are lost.
  std::string remark;  ///< Instead of a number: "N/A". Not escaped.
  bool bold = false, withheld = false;
};

struct TextRow {
  enum class Kind { kOurs, kPublished, kDifference };
  Kind kind = Kind::kOurs;
  std::string head;  ///< Not escaped.
  std::vector<TextCell> cells;
};

/// Titles, labels and notes are not escaped.
struct TextTable {
  std::string title, caption;
  std::vector<std::string> columns;  ///< Algorithms.
  std::vector<TextRow> rows;
  std::vector<std::string> notes;
};

TextTable lay_out(const Table& table);

/// What the score is, in a sentence; the first words are its name.
std::string describe_score(Score score);

/// All notes: how to read the table, then what the table itself has to say.
std::vector<std::string> all_notes(const Table& table);

// One function for each format; see `format_table`.
std::string format_markdown(const Table& table);
std::string format_latex(const Table& table);
std::string format_html(const Table& table);
std::string format_csv(const Table& table);
std::string format_json(const Table& table);

}  // namespace rlrun
