// The formats for people: Markdown, LaTeX, HTML.

#include <fmt/format.h>

#include "report/escape.hpp"
#include "report/layout.hpp"

namespace rlrun {

namespace {

std::string markdown_marks(const std::string& marks) {
  return marks.empty() ? "" : " [" + marks + "]";
}

std::string markdown_cell(const TextCell& cell) {
  if (!cell.remark.empty()) return escape_markdown(cell.remark);
  if (cell.mean.empty()) return "";
  std::string text = cell.mean + (cell.std.empty() ? "" : " ± " + cell.std);
  if (cell.bold) text = fmt::format("**{}**", text);
  if (cell.withheld) text += "†";
  if (!cell.count.empty()) text += " (" + cell.count + ")";
  return text + markdown_marks(cell.marks);
}

std::string latex_marks(const std::string& marks) {
  return marks.empty() ? "" : "\\textsuperscript{" + marks + "}";
}

std::string latex_cell(const TextCell& cell) {
  if (!cell.remark.empty()) return escape_latex(cell.remark);
  if (cell.mean.empty()) return "";
  std::string text = cell.mean + (cell.std.empty() ? "" : " \\pm " + cell.std);
  if (cell.mean == "–") {
    text = "--";
  } else {
    text = cell.bold ? fmt::format("$\\mathbf{{{}}}$", text) : fmt::format("${}$", text);
  }
  if (cell.withheld) text += "\\textsuperscript{\\ensuremath{\\dagger}}";
  if (!cell.count.empty()) text += " (" + cell.count + ")";
  return text + latex_marks(cell.marks);
}

std::string html_marks(const std::string& marks) {
  return marks.empty() ? "" : " <sup>" + marks + "</sup>";
}

std::string html_number(const std::string& number) {
  return number.starts_with('-') ? fmt::format("&minus;{}", number.substr(1)) : number;
}

std::string html_cell(const TextCell& cell) {
  if (!cell.remark.empty()) return escape_html(cell.remark);
  if (cell.mean.empty()) return "";
  std::string text = html_number(cell.mean) + (cell.std.empty() ? "" : " ± " + cell.std);
  if (cell.bold) text = fmt::format("<b>{}</b>", text);
  if (cell.withheld) text += "<sup>†</sup>";
  if (!cell.count.empty()) text += " <small>(" + cell.count + ")</small>";
  return text + html_marks(cell.marks);
}

const char* class_of(TextRow::Kind kind) {
  switch (kind) {
    case TextRow::Kind::kPublished:
      return "published";
    case TextRow::Kind::kDifference:
      return "difference";
    case TextRow::Kind::kOurs:
      break;
  }
  return "ours";
}

}  // namespace

std::string format_markdown(const Table& table) {
  const TextTable text = lay_out(table);
  std::string out;
  if (!text.title.empty()) out += "## " + escape_markdown(text.title) + "\n\n";
  out += escape_markdown(text.caption) + "\n\n|  |";
  for (const std::string& column : text.columns) out += " " + escape_markdown(column) + " |";
  out += "\n|---|";
  for (std::size_t i = 0; i < text.columns.size(); ++i) out += "---:|";
  out += "\n";
  for (const TextRow& row : text.rows) {
    const bool ours = row.kind == TextRow::Kind::kOurs;
    out += fmt::format("| {}{} |", ours ? escape_markdown(row.head) : fmt::format("*{}*", row.head),
                       markdown_marks(row.marks));
    for (const TextCell& cell : row.cells) out += " " + markdown_cell(cell) + " |";
    out += "\n";
  }
  out += "\n";
  for (const std::string& note : text.notes) out += "- " + escape_markdown(note) + "\n";
  for (std::size_t i = 0; i < text.footnotes.size(); ++i)
    out += fmt::format("- [{}] {}\n", i + 1, escape_markdown(text.footnotes[i]));
  if (text.settings.empty()) return out;
  out += "\nAll settings; bold: the chosen ones.\n\n|  | setting | score |\n|---|---|---:|\n";
  for (const TextSetting& line : text.settings)
    out += fmt::format("| {} | {} | {} |\n", escape_markdown(line.pair), escape_markdown(line.name),
                       markdown_cell(line.cell));
  return out;
}

std::string format_latex(const Table& table) {
  const TextTable text = lay_out(table);
  std::string out = "% Needs \\usepackage{booktabs}.\n\\begin{table}\n  \\centering\n  \\caption{";
  if (!text.title.empty()) out += escape_latex(text.title) + ". ";
  out += escape_latex(text.caption) + "}\n  \\begin{tabular}{l" +
         std::string(text.columns.size(), 'r') + "}\n    \\toprule\n   ";
  for (const std::string& column : text.columns) out += " & " + escape_latex(column);
  out += " \\\\\n    \\midrule\n";
  for (const TextRow& row : text.rows) {
    const bool ours = row.kind == TextRow::Kind::kOurs;
    out += "    " + (ours ? escape_latex(row.head) : "\\quad\\emph{" + row.head + "}") +
           latex_marks(row.marks);
    for (const TextCell& cell : row.cells) {
      const std::string entry = latex_cell(cell);
      out += entry.empty() ? " &" : " & " + entry;
    }
    out += " \\\\\n";
  }
  out += "    \\bottomrule\n  \\end{tabular}\n\n  \\par\\medskip\\footnotesize\\raggedright\n";
  for (const std::string& note : text.notes) out += "  " + escape_latex(note) + "\\par\n";
  for (std::size_t i = 0; i < text.footnotes.size(); ++i)
    out += "  " + latex_marks(std::to_string(i + 1)) + " " + escape_latex(text.footnotes[i]) +
           "\\par\n";
  if (!text.settings.empty()) {
    out += "  All settings; bold: the chosen ones.\\par\n  \\begin{tabular}{llr}\n    \\toprule\n";
    for (const TextSetting& line : text.settings)
      out += "    " + escape_latex(line.pair) + " & " + escape_latex(line.name) + " & " +
             latex_cell(line.cell) + " \\\\\n";
    out += "    \\bottomrule\n  \\end{tabular}\n";
  }
  return out + "\\end{table}\n";
}

std::string format_html(const Table& table) {
  const TextTable text = lay_out(table);
  const std::string title = escape_html(text.title.empty() ? "rlrun table" : text.title);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + title +
      "</title>\n<style>\n"
      "body { font-family: sans-serif; margin: 2em; }\n"
      "table { border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; }\n"
      "caption { text-align: left; padding-bottom: 0.6em; }\n"
      "thead { border-bottom: 1px solid; }\n"
      "th, td { padding: 0.25em 0.8em; text-align: right; white-space: nowrap; }\n"
      "th:first-child { text-align: left; }\n"
      ".published, .difference { color: #666; font-size: 90%; }\n"
      ".published th, .difference th { font-weight: normal; padding-left: 1.8em; }\n"
      "small { color: #666; }\n"
      "</style>\n</head>\n<body>\n<h1>" +
      title + "</h1>\n<table>\n<caption>" + escape_html(text.caption) +
      "</caption>\n<thead>\n<tr><th></th>";
  for (const std::string& column : text.columns) {
    out += "<th scope=\"col\">" + escape_html(column) + "</th>";
  }
  out += "</tr>\n</thead>\n<tbody>\n";
  for (const TextRow& row : text.rows) {
    out += std::string("<tr class=\"") + class_of(row.kind) + "\"><th scope=\"row\">" +
           escape_html(row.head) + html_marks(row.marks) + "</th>";
    for (const TextCell& cell : row.cells) out += "<td>" + html_cell(cell) + "</td>";
    out += "</tr>\n";
  }
  out += "</tbody>\n</table>\n<ul>\n";
  for (const std::string& note : text.notes) out += "<li>" + escape_html(note) + "</li>\n";
  out += "</ul>\n";
  if (!text.footnotes.empty()) {
    out += "<ol>\n";
    for (const std::string& note : text.footnotes) out += "<li>" + escape_html(note) + "</li>\n";
    out += "</ol>\n";
  }
  if (!text.settings.empty()) {
    out += "<table>\n<caption>All settings; bold: the chosen ones.</caption>\n<tbody>\n";
    for (const TextSetting& line : text.settings)
      out += "<tr><th scope=\"row\">" + escape_html(line.pair) + "</th><td>" +
             escape_html(line.name) + "</td><td>" + html_cell(line.cell) + "</td></tr>\n";
    out += "</tbody>\n</table>\n";
  }
  return out + "</body>\n</html>\n";
}

}  // namespace rlrun
