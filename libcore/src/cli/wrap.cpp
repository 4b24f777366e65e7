#include "cli/wrap.hpp"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/columns.hpp"

namespace rlrun::cli {
namespace {

std::string spaces(int n) {
  return std::string(static_cast<std::size_t>(n), ' ');
}

// Text in lines of which the first begins with `first` and the others with so many spaces.
std::string wrap_hanging(const std::string& text, const std::string& first, int rest, int width) {
  std::istringstream words(text);
  std::string result = first;
  int column = columns(first);
  bool at_start = true;
  for (std::string word; words >> word; at_start = false) {
    if (!at_start && column + 1 + columns(word) > width) {
      result += '\n' + spaces(rest);
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

// Of an indented line: what stands before its text, and the text.
struct Item {
  std::string before, text;
};

Item split(const std::string& line) {
  const std::size_t indent = line.find_first_not_of(' ');
  const std::size_t gap = line.find("  ", indent);
  const std::size_t begin = gap == std::string::npos ? gap : line.find_first_not_of(' ', gap);
  if (begin == std::string::npos) return {line.substr(0, indent), line.substr(indent)};
  return {line.substr(0, begin), line.substr(begin)};
}

}  // namespace

int line_width() {
  constexpr int kLeast = 40;
  winsize size{};
  int width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
  if (const char* given = std::getenv("COLUMNS")) width = std::atoi(given);
  return width <= 0 ? kLineWidth : std::clamp(width, kLeast, kLineWidth);
}

std::string wrap(const std::string& text, int indent, int width) {
  return wrap_hanging(text, spaces(indent), indent, width);
}

std::string reflow(const std::string& text, int width) {
  std::istringstream lines(text);
  std::string result;
  Item open;
  const auto is_named = [](const Item& item) {
    return item.before.find_first_not_of(' ') != std::string::npos;
  };
  // Below a paragraph or the text of a name; other indented lines are examples.
  const auto goes_on = [&](const Item& item) {
    return !open.text.empty() && !is_named(item) && (open.before.empty() || is_named(open)) &&
           columns(item.before) == columns(open.before);
  };
  const auto flush = [&] {
    if (!open.text.empty())
      result += wrap_hanging(open.text, open.before, columns(open.before), width) + '\n';
    open = {};
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(' ') == std::string::npos) {
      flush();
      result += '\n';
      continue;
    }
    Item item = split(line);
    if (item.text.find("  ") != std::string::npos) {
      flush();
      result += line + '\n';
    } else if (goes_on(item)) {
      open.text += ' ' + item.text;
    } else {
      flush();
      open = std::move(item);
    }
  }
  flush();
  return result;
}

}  // namespace rlrun::cli
