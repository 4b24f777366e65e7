// The one user of Boost.Math. Its own `two_sample_t_test` is not used: it pools the variances
// unless they differ by much, so it is no Welch test.

#include "trial/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <boost/math/distributions/students_t.hpp>

namespace rlrun {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double square(double x) {
  return x * x;
}

// Mean and sum of squared deviations of x - pivot. A pivot from the data keeps all digits when the
// values share a large offset.
struct SampleMoments {
  double mean = kNan;
  double squares = kNan;
};
SampleMoments moments_about(double pivot, const std::vector<double>& x) {
  SampleMoments moments;
  if (x.empty()) return moments;
  const double n = static_cast<double>(x.size());
  double sum = 0;
  for (const double value : x) sum += value - pivot;
  moments.mean = sum / n;
  // The second sum corrects the rounding of the mean.
  double squares = 0, rest = 0;
  for (const double value : x) {
    const double deviation = (value - pivot) - moments.mean;
    squares += square(deviation);
    rest += deviation;
  }
  moments.mean += rest / n;
  moments.squares = std::max(0.0, squares - square(rest) / n);
  return moments;
}

// Two-sided p-value of a Welch test from the difference of the means.
std::optional<double> welch(double difference, double variance_a, double n_a, double variance_b,
                            double n_b) {
  const double a = variance_a / n_a, b = variance_b / n_b;
  const double variance = a + b;
  if (!std::isfinite(difference) || !std::isfinite(variance) || !(variance > 0))
    return std::nullopt;
  // Shares of the variance, so that no square of a tiny or huge variance is formed.
  const double freedom = 1 / (square(a / variance) / (n_a - 1) + square(b / variance) / (n_b - 1));
  const double t = std::abs(difference) / std::sqrt(variance);
  // t is infinite or p underflows only for differences beyond any doubt; the smallest positive
  // number says so without claiming certainty.
  constexpr double kSmallest = std::numeric_limits<double>::min();
  if (!std::isfinite(t)) return kSmallest;
  const boost::math::students_t distribution(freedom);
  return std::clamp(2 * boost::math::cdf(boost::math::complement(distribution, t)), kSmallest, 1.0);
}

}  // namespace

double mean(const std::vector<double>& x) {
  if (x.empty()) return kNan;
  return x.front() + moments_about(x.front(), x).mean;
}

double sample_std(const std::vector<double>& x) {
  if (x.size() < 2) return kNan;
  return std::sqrt(moments_about(x.front(), x).squares / static_cast<double>(x.size() - 1));
}

std::optional<double> welch_p(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 2 || b.size() < 2) return std::nullopt;
  const double n_a = static_cast<double>(a.size()), n_b = static_cast<double>(b.size());
  const SampleMoments of_a = moments_about(a.front(), a), of_b = moments_about(b.front(), b);
  const double difference = (a.front() - b.front()) + (of_a.mean - of_b.mean);
  return welch(difference, of_a.squares / (n_a - 1), n_a, of_b.squares / (n_b - 1), n_b);
}

std::optional<double> welch_p(double mean_a, double std_a, int n_a, double mean_b, double std_b,
                              int n_b) {
  if (n_a < 2 || n_b < 2) return std::nullopt;
  return welch(mean_a - mean_b, square(std_a), n_a, square(std_b), n_b);
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return p[i] < p[j]; });
  std::vector<double> adjusted(p.size());
  double least = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    least = std::max(least, static_cast<double>(p.size() - rank) * p[order[rank]]);
    adjusted[order[rank]] = std::min(1.0, least);
  }
  return adjusted;
}

double t_half_width(double std, int n, double level) {
  if (n < 2 || !std::isfinite(std)) return kNan;
  const boost::math::students_t distribution(n - 1);
  return boost::math::quantile(boost::math::complement(distribution, (1 - level) / 2)) * std /
         std::sqrt(static_cast<double>(n));
}

}  // namespace rlrun
