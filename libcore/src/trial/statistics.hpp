#pragma once
// Means over seeds and tests between them.

#include <optional>
#include <vector>

namespace rlrun {

double mean(const std::vector<double>& x);
double sample_std(const std::vector<double>& x);  ///< NaN for n < 2.
/// Two-sided Welch test; none where it has no answer (n < 2 on a side, no spread on both sides).
std::optional<double> welch_p(const std::vector<double>& a, const std::vector<double>& b);
std::optional<double> welch_p(double mean_a, double std_a, int n_a, double mean_b, double std_b,
                              int n_b);
/// Adjusted p-values, in the order given.
std::vector<double> holm(const std::vector<double>& p);
/// Half width of the two-sided t interval of a mean; NaN for n < 2.
double t_half_width(double std, int n, double level);

}  // namespace rlrun
