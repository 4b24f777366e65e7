#include "check/gradient_check.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace rlrun {
namespace {

// Steps of so much length in parameter space. Short ones are less disturbed by curvature and by the
// kinks of rectified units, long ones by rounding; a wrong gradient is wrong at all.
constexpr float kSteps[] = {1e-2F, 2.5e-3F, 6e-4F, 1.5e-4F};
constexpr double kTolerance = 0.02;
constexpr double kRounding = 3e-7;

// "" if they agree along `direction` (of length 1), for entries of the gradient as large as
// `typical`.
std::string compare_along(const GradientClaim& claim, const VectorF& params,
                          const VectorF& direction, double typical, const std::string& where) {
  std::string departure;
  for (const float step : kSteps) {
    const VectorF up = params + step * direction, down = params - step * direction;
    const double length = 2 * double{step};
    const double difference = (claim.value(up) - claim.value(down)) / length;
    const double claimed =
        claim.gradient.cast<double>().dot(up.cast<double>() - down.cast<double>()) / length;
    const double tolerance =
        kTolerance * std::max(std::abs(difference), typical) + kRounding * claim.magnitude / length;
    if (std::abs(claimed - difference) <= tolerance) return "";  // not for NaN
    departure = fmt::format("{} is {:.4g} {}, where finite differences of {} give {:.4g}",
                            claim.name, claimed, where, claim.of, difference);
  }
  return departure;
}

}  // namespace

std::string compare_with_differences(const GradientClaim& claim, const VectorF& params,
                                     Index n_free, const Rng& rng) {
  if (!claim.gradient.allFinite()) return claim.name + " is not finite";
  VectorF direction = claim.gradient;
  direction.tail(params.size() - n_free).setZero();
  const double norm = double{direction.norm()};
  if (norm > 0) {
    const VectorF along = direction / static_cast<float>(norm);
    if (std::string departure = compare_along(claim, params, along, norm, "along itself");
        !departure.empty())
      return departure;
  }
  for (Index end = n_free, size = 1; end > 0; end -= size) {
    if (end < n_free) size = std::min(n_free - end, end);
    const Index from = end - size;
    direction.setZero();
    rng.fork(std::uint64_t(from)).fill_normal(direction.segment(from, size));
    direction /= direction.norm();
    const double typical =
        double{claim.gradient.segment(from, size).norm()} / std::sqrt(static_cast<double>(size));
    if (std::string departure =
            compare_along(claim, params, direction, typical,
                          fmt::format("along a direction in parameters {} to {}", from, end - 1));
        !departure.empty())
      return departure;
  }
  return "";
}

}  // namespace rlrun
