#include <algorithm>
#include <cctype>

#include "plugin/catalog.hpp"

namespace rlrun {
namespace {

std::string lower(const std::string& text) {
  std::string result = text;
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Insertions, deletions, replacements and exchanges of neighbours that turn one text into the
/// other (optimal string alignment). Keeps the last three rows of the table.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_name(const std::string& name, const std::vector<std::string>& known) {
  constexpr std::size_t kLongest = 200;  // nobody's slip of the finger; bounds the work
  if (name.empty() || name.size() > kLongest) return "";
  const std::string wanted = lower(name);
  std::string best;
  std::size_t best_cost = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLongest) continue;
    std::size_t cost = edit_distance(wanted, lower(candidate));
    // "halfcheetah" and "half" are near "half_cheetah" although much is missing.
    if (wanted.size() >= 3 && lower(candidate).starts_with(wanted))
      cost = std::min<std::size_t>(cost, 1);
    // So is "CartPole-v1" to "gym/CartPole-v1".
    if (const std::size_t slash = candidate.rfind('/'); slash != std::string::npos)
      cost = std::min(cost, 1 + edit_distance(wanted, lower(candidate.substr(slash + 1))));
    if (cost < best_cost) {
      best_cost = cost;
      best = candidate;
    }
  }
  return best;
}

}  // namespace rlrun
