// What may become part of a path.

#include "rlrun/error.hpp"

#include "experiment/experiment.hpp"

namespace rlrun {
namespace {

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '/';
}

std::string problem_of(const std::string& name) {
  constexpr std::size_t kLongest = 100;
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

}  // namespace

void check_name(const std::string& name, const std::string& what) {
  const std::string problem = problem_of(name);
  if (problem.empty()) return;
  const std::string shown = name.size() > 100 ? name.substr(0, 97) + "..." : name;
  throw UserError(what + " " + json::quote(shown) + " " + problem);
}

}  // namespace rlrun
