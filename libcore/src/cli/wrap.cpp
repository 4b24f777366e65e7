#include "cli/wrap.hpp"

#include <algorithm>
#include <sstream>

#include "cli/columns.hpp"

namespace rlrun::cli {
namespace {

/// `wrap` with an indent of its own for all but the first line.
std::string wrap_hanging(const std::string& text, int first, int rest) {
  std::istringstream words(text);
  std::string result(static_cast<std::size_t>(first), ' ');
  int column = first;
  bool at_start = true;
  for (std::string word; words >> word; at_start = false) {
    if (!at_start && column + 1 + columns(word) > kLineWidth) {
      result += '\n' + std::string(static_cast<std::size_t>(rest), ' ');
      column = rest;
    } else if (!at_start) {
      result += ' ';
      ++column;
    }
    result += word;
    column += columns(word);
  }
  return result;
}

}  // namespace

std::string wrap(const std::string& text, int indent) {
  return wrap_hanging(text, indent, indent);
}

std::string reflow(const std::string& text) {
  std::istringstream lines(text);
  std::string result, paragraph;
  const auto flush = [&] {
    if (!paragraph.empty()) result += wrap(paragraph, 0) + '\n';
    paragraph.clear();
  };
  for (std::string line; std::getline(lines, line);) {
    const auto indent = std::min(line.find_first_not_of(' '), line.size());
    if (indent == 0 && !line.empty()) {
      paragraph += (paragraph.empty() ? "" : " ") + line;
      continue;
    }
    flush();
    if (columns(line) <= kLineWidth)
      result += line + '\n';  // the spaces in it are a table's
    else
      result += wrap_hanging(line, static_cast<int>(indent), static_cast<int>(indent) + 4) + '\n';
  }
  flush();
  return result;
}

}  // namespace rlrun::cli
