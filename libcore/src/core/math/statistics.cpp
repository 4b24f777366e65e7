#include "rlrun/math/statistics.hpp"

#include <cmath>

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

}  // namespace rlrun
