#include "report/published.hpp"

#include <algorithm>
#include <cctype>
#include <limits>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "json/json.hpp"

namespace rlrun {

namespace {

[[noreturn]] void wrong(const std::string& file, const json::Value& at, const std::string& what) {
  throw UserError(file + ":" + std::to_string(at.where().line) + ":" +
                  std::to_string(at.where().column) + ": " + what);
}

std::string text_member(const std::string& file, const json::Value& object, const char* key) {
  const json::Value* member = object.find(key);
  if (member == nullptr || member->is_null()) return "";
  if (const std::string* text = member->if_string()) return *text;
  wrong(file, *member, std::string(key) + " is a " + member->type_name() + "; expected a text");
}

std::string required_text(const std::string& file, const json::Value& object, const char* key) {
  const std::string text = text_member(file, object, key);
  if (text.empty()) wrong(file, object, std::string("a cell needs \"") + key + "\", a text");
  return text;
}

// NaN where there is none.
double number_member(const std::string& file, const json::Value& object, const char* key) {
  const json::Value* member = object.find(key);
  if (member == nullptr || member->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (const std::int64_t* whole = member->if_int()) return static_cast<double>(*whole);
  if (const double* number = member->if_double()) return *number;
  wrong(file, *member, std::string(key) + " is a " + member->type_name() + "; expected a number");
}

bool flag_member(const std::string& file, const json::Value& object, const char* key) {
  const json::Value* member = object.find(key);
  if (member == nullptr || member->is_null()) return false;
  if (const bool* flag = member->if_bool()) return *flag;
  wrong(file, *member,
        std::string(key) + " is a " + member->type_name() + "; expected true or false");
}

bool same_name(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

std::optional<Cell::Published> PublishedTable::find(const Pair& pair) const {
  for (const std::string& env : {pair.env, pair.env_name}) {
    for (const std::string& algorithm : {pair.algorithm, pair.algorithm_name}) {
      for (const Entry& entry : entries) {
        if (same_name(entry.env, env) && same_name(entry.algorithm, algorithm))
          return entry.numbers;
      }
    }
  }
  return std::nullopt;
}

PublishedTable read_published(const std::string& file) {
  const json::Value root = json::parse_file(file);
  const json::Value* cells = root.find("cells");
  if (cells == nullptr || cells->if_array() == nullptr) {
    wrong(file, root, "a file of published numbers is an object with \"cells\", a list");
  }
  PublishedTable table;
  table.title = text_member(file, root, "title");
  table.source = text_member(file, root, "source");
  for (const json::Value& cell : *cells->if_array()) {
    if (cell.if_object() == nullptr) {
      wrong(file, cell, std::string("a cell is a ") + cell.type_name() + "; expected an object");
    }
    PublishedTable::Entry entry;
    entry.env = required_text(file, cell, "env");
    entry.algorithm = required_text(file, cell, "algorithm");
    entry.numbers.mean = number_member(file, cell, "mean");
    entry.numbers.std = number_member(file, cell, "std");
    if (entry.numbers.std < 0)
      wrong(file, *cell.find("std"),
            fmt::format("std is {}; a standard deviation is 0 or more", entry.numbers.std));
    entry.numbers.bold = flag_member(file, cell, "bold");
    entry.numbers.note = text_member(file, cell, "note");
    if (cell.find("mean") == nullptr && entry.numbers.note.empty()) {
      wrong(file, cell, "a cell needs \"mean\", a number, or \"note\", a text that says why not");
    }
    for (std::size_t i = 0; i < table.entries.size(); ++i) {
      const PublishedTable::Entry& other = table.entries[i];
      if (!same_name(entry.env, other.env) || !same_name(entry.algorithm, other.algorithm))
        continue;
      wrong(file, cell,
            fmt::format("a second cell for {} on {}; the first stands in line {}", entry.algorithm,
                        entry.env, cells->if_array()->at(i).where().line));
    }
    table.entries.push_back(std::move(entry));
  }
  return table;
}

}  // namespace rlrun
