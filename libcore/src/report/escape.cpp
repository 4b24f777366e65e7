#include "report/escape.hpp"

#include <array>
#include <cctype>

namespace rlrun {

namespace {

bool is_control(unsigned char c) {
  return c < 0x20 || c == 0x7f;
}

bool is_word(std::string_view text, std::size_t i) {
  return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0);
}

struct Replacement {
  std::string_view from, to;
};

// What LaTeX reads as a command, and the signs beyond ASCII that our own texts and labels use.
constexpr std::array kLatex = {
    Replacement{"\\", "\\textbackslash{}"},
    Replacement{"~", "\\textasciitilde{}"},
    Replacement{"^", "\\textasciicircum{}"},
    Replacement{"<", "\\textless{}"},
    Replacement{">", "\\textgreater{}"},
    Replacement{"|", "\\textbar{}"},
    Replacement{"\"", "''"},  // The straight sign needs another font encoding.
    Replacement{"`", "\\char96{}"},
    Replacement{"[", "{[}"},  // After the end of a row these two would be arguments of it.
    Replacement{"*", "{*}"},
    Replacement{"--", "-{}-{}"},  // No ligature: two hyphens are no dash.
    Replacement{"&", "\\&"},
    Replacement{"%", "\\%"},
    Replacement{"$", "\\$"},
    Replacement{"#", "\\#"},
    Replacement{"_", "\\_"},
    Replacement{"{", "\\{"},
    Replacement{"}", "\\}"},
    Replacement{"±", "\\ensuremath{\\pm}"},
    Replacement{"−", "\\ensuremath{-}"},
    Replacement{"×", "\\ensuremath{\\times}"},
    Replacement{"≤", "\\ensuremath{\\le}"},
    Replacement{"≥", "\\ensuremath{\\ge}"},
    Replacement{"†", "\\ensuremath{\\dagger}"},
    Replacement{"–", "--"},
    Replacement{"—", "---"},
    Replacement{"α", "\\ensuremath{\\alpha}"},
    Replacement{"β", "\\ensuremath{\\beta}"},
    Replacement{"γ", "\\ensuremath{\\gamma}"},
    Replacement{"δ", "\\ensuremath{\\delta}"},
    Replacement{"ε", "\\ensuremath{\\varepsilon}"},
    Replacement{"λ", "\\ensuremath{\\lambda}"},
    Replacement{"μ", "\\ensuremath{\\mu}"},
    Replacement{"σ", "\\ensuremath{\\sigma}"},
    Replacement{"τ", "\\ensuremath{\\tau}"},
    Replacement{"²", "\\ensuremath{^2}"},
};

constexpr std::array kHtml = {
    Replacement{"&", "&amp;"},   Replacement{"<", "&lt;"},  Replacement{">", "&gt;"},
    Replacement{"\"", "&quot;"}, Replacement{"'", "&#39;"},
};

template <std::size_t N>
std::string replace(std::string_view text, const std::array<Replacement, N>& table) {
  std::string result;
  while (!text.empty()) {
    std::string_view to = text.substr(0, 1);
    std::size_t length = 1;
    for (const Replacement& entry : table) {
      if (text.starts_with(entry.from)) {
        to = entry.to;
        length = entry.from.size();
        break;
      }
    }
    result += to;
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace

std::string plain(std::string_view text) {
  std::string result(text);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto c = static_cast<unsigned char>(result[i]);
    if (is_control(c)) result[i] = ' ';
    // U+0080 to U+009F are control characters too; some terminals obey them.
    if (c == 0xc2 && i + 1 < result.size()) {
      const auto next = static_cast<unsigned char>(result[i + 1]);
      if (next >= 0x80 && next < 0xa0) result.replace(i, 2, " ");
    }
  }
  return result;
}

std::string escape_markdown(std::string_view text) {
  const std::string line = plain(text);
  std::string result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '_' && i > 0 && is_word(line, i - 1) && is_word(line, i + 1)) {
      result += c;  // Within a word it emphasises nothing.
    } else {
      if (std::string_view("\\`*_[]|~$#").find(c) != std::string_view::npos) result += '\\';
      result += c;
    }
  }
  return result;
}

std::string escape_latex(std::string_view text) {
  return replace(plain(text), kLatex);
}

std::string escape_html(std::string_view text) {
  return replace(plain(text), kHtml);
}

std::string escape_csv(std::string_view text) {
  std::string field = plain(text);
  // Spreadsheets skip blanks before a formula.
  const std::size_t first = field.find_first_not_of(' ');
  if (first != std::string::npos &&
      std::string_view("=+-@").find(field[first]) != std::string_view::npos) {
    field.insert(field.begin(), '\'');
  }
  if (field.find_first_of(",\";'") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string quote_gnuplot(std::string_view text) {
  std::string quoted = "'";
  for (const char c : plain(text)) {
    if (c == '\'') {
      quoted += "'.\"'\".'";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace rlrun
