#include "rlrun/math/statistics.hpp"

#include <cmath>
#include <utility>

namespace rlrun {

void standardise(VectorOut values) {
  if (values.size() == 0) return;
  values.array() -= values.mean();
  const double deviation = std::sqrt(values.squaredNorm() / static_cast<double>(values.size()));
  values /= deviation + 1e-8;
}

void standardise(VectorOut values, const std::vector<Index>& entries) {
  Vector chosen = values(entries);
  standardise(chosen);
  values(entries) = chosen;
}

double explained_variance(VectorIn targets, VectorIn predictions) {
  const auto squares = [](const Vector& x) { return (x.array() - x.mean()).square().sum(); };
  const double all = squares(targets);
  return all > 0 ? 1 - squares(targets - predictions) / all : 0;
}

void shuffle(std::vector<Index>& entries, Rng& rng) {
  for (auto left = static_cast<Index>(entries.size()); left > 1; --left)
    std::swap(entries[std::size_t(left - 1)], entries[std::size_t(rng.below(left))]);
}

}  // namespace rlrun
