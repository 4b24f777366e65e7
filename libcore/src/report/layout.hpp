#pragma once
// A table as texts, before a format adds its own signs: what Markdown, LaTeX and HTML share.

#include <string>
#include <vector>

#include "report/report.hpp"

namespace rlrun {

/// "4869.8 ± 37.6 (4/5) [1,3]" in parts; all empty for a pair that nobody planned.
struct TextCell {
  std::string mean;    ///< A number, or "–" where there is none.
  std::string std;     ///< Empty if there is none.
  std::string count;   ///< "5", or "4/5" if seeds are lost.
  std::string remark;  ///< Instead of a number: "N/A". Not escaped.
  std::string marks;   ///< Numbers of its notes: "1,3".
  bool bold = false, withheld = false;
};

struct TextRow {
  enum class Kind { kOurs, kPublished, kDifference };
  Kind kind = Kind::kOurs;
  std::string head;   ///< Not escaped.
  std::string marks;  ///< Numbers of its notes.
  std::vector<TextCell> cells;
};

/// A line of the list of all settings.
struct TextSetting {
  std::string pair;  ///< "trpo on hopper"; empty where it is that of the line before.
  std::string name;
  TextCell cell;  ///< Bold: the chosen one.
};

/// Titles, labels and notes are not escaped.
struct TextTable {
  std::string title, caption;
  std::vector<std::string> columns;  ///< Algorithms.
  std::vector<TextRow> rows;
  std::vector<TextSetting> settings;   ///< Empty unless asked for.
  std::vector<std::string> notes;      ///< How to read the table, and what concerns all of it.
  std::vector<std::string> footnotes;  ///< Of single cells and rows; the first has the number 1.
};

TextTable lay_out(const Table& table);

/// What the score is, in a sentence; the first words are its name.
std::string describe_score(Score score);

/// How to read the table, then what it has to say as a whole.
std::vector<std::string> general_notes(const Table& table);

// One function for each format; see `format_table`.
std::string format_markdown(const Table& table);
std::string format_latex(const Table& table);
std::string format_html(const Table& table);
std::string format_csv(const Table& table);
std::string format_json(const Table& table);

}  // namespace rlrun
