#include "plugin/names.hpp"

#include "rlrun/error.hpp"

#include "json/json.hpp"

namespace rlrun {
namespace {

constexpr std::size_t kLongest = 100;

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '/';
}

std::string problem_of(const std::string& name) {
  if (name.empty()) return "is empty";
  if (name.size() > kLongest) return "is longer than 100 bytes";
  for (const char c : name)
    if (!is_name_byte(c)) return "has other characters than letters, digits and _ - . /";
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string part = name.substr(start, end - start);
    if (part.empty()) return "has an empty part before or after a '/'";
    if (part[0] == '.' || part[0] == '-') return "has a part that starts with a dot or a dash";
    if (part.find("..") != std::string::npos) return "has '..' in it";
    start = end + 1;
  }
  return "";
}

std::string problem_of_stem(const std::string& stem) {
  if (stem.empty()) return "is empty";
  if (stem.size() > kLongest) return "is longer than 100 bytes";
  if (stem[0] == '.' || stem[0] == '-' || stem[0] == ' ') return "starts with a dot, dash or space";
  // Control characters and what is no UTF-8 do not survive this.
  if (json::plain_line(stem) != stem) return "has control characters, or is not UTF-8";
  return "";
}

}  // namespace

void check_stem(const std::string& stem) {
  const std::string problem = problem_of_stem(stem);
  if (!problem.empty())
    throw UserError("the name " + json::quote(json::plain_line(stem.substr(0, kLongest))) + " " +
                    problem);
}

void check_name(const std::string& name, const std::string& what) {
  const std::string problem = problem_of(name);
  if (problem.empty()) return;
  const std::string shown = name.size() > 100 ? name.substr(0, 97) + "..." : name;
  throw UserError(what + " " + json::quote(shown) + " " + problem);
}

}  // namespace rlrun
