#include "check/density_check.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace rlrun {
namespace {

constexpr Index kSamples = 20000;
constexpr Index kMostChoices = 1000;
constexpr double kDeviations = 5;  // what chance does once in a million

// Every point of a space of choices, one a column; none if there are too many.
MatrixF all_choices(const Space& space) {
  std::vector<Index> n;
  if (const auto* one = std::get_if<Discrete>(&space)) n = {one->n};
  if (const auto* several = std::get_if<MultiDiscrete>(&space)) n = several->n;
  Index count = 1;
  for (const Index choices : n)
    if ((count *= choices) > kMostChoices) return {};
  MatrixF all(Index(n.size()), count);
  for (Index j = 0; j < count; ++j) {
    Index rest = j;
    for (Index i = 0; i < all.rows(); ++i) {
      all(i, j) = static_cast<float>(rest % n[std::size_t(i)]);
      rest /= n[std::size_t(i)];
    }
  }
  return all;
}

class DensityCheck {
 public:
  DensityCheck(const StochasticPolicy& policy, const EnvSpec& spec, MatrixFIn observations)
      : policy_(policy), space_(spec.action) {
    const MatrixF same = observations.col(0).replicate(1, kSamples);
    actions_ = act_exploring(policy, spec, same, Rng(0).fork("density_check"));
    column_ = policy.distribution(observations.leftCols(1));
    log_prob_ = log_prob(actions_);
  }

  std::vector<std::string> run(bool gradients) {
    if (!log_prob_.allFinite()) {
      say("log_prob of an action that was drawn is not finite");
      return found_;
    }
    if (std::holds_alternative<Box>(space_)) {
      if (actions_.rows() == 1) check_integral();
      if (gradients) check_mean_gradient();
    } else {
      check_choices();
    }
    check_entropy();
    return found_;
  }

 private:
  void say(std::string line) { found_.push_back(std::move(line)); }

  [[nodiscard]] Vector log_prob(const MatrixF& actions) const {
    return policy_.head().log_prob(column_.replicate(1, actions.cols()), actions);
  }

  void check_choices() {
    const MatrixF choices = all_choices(space_);
    if (choices.cols() == 0) return;
    const Vector p = log_prob(choices).array().exp();
    if (!(std::abs(p.sum() - 1) <= 1e-3))
      say(fmt::format("the probabilities of all {} choices add up to {:.4g}", p.size(), p.sum()));
    for (Index k = 0; k < choices.cols(); ++k) {
      Index drawn = 0;
      for (Index j = 0; j < kSamples; ++j) drawn += actions_.col(j) == choices.col(k) ? 1 : 0;
      const double frequency = static_cast<double>(drawn) / double{kSamples};
      const double q = std::clamp(p(k), 0.0, 1.0);
      const double deviation = std::sqrt(q * (1 - q) / double{kSamples}) + 1 / double{kSamples};
      if (std::abs(frequency - p(k)) <= kDeviations * deviation) continue;
      say(fmt::format(
          "choice {} of {} is drawn {:.2f} % of the time, but log_prob gives it {:.2f} %", k,
          p.size(), 100 * frequency, 100 * p(k)));
      return;
    }
  }

  // Over what was drawn and as much again on either side.
  void check_integral() {
    constexpr Index kPoints = 20000;
    double low = double{actions_.minCoeff()}, high = double{actions_.maxCoeff()};
    const double width = high - low;
    const auto& box = std::get<Box>(space_);
    const bool bounded = low >= double{box.low(0)} && high <= double{box.high(0)};
    low = bounded ? std::max(low - width, double{box.low(0)}) : low - width;
    high = bounded ? std::min(high + width, double{box.high(0)}) : high + width;
    if (!(high > low)) return;
    const double step = (high - low) / double{kPoints};
    MatrixF middles(1, kPoints);
    for (Index i = 0; i < kPoints; ++i)
      middles(0, i) = static_cast<float>(low + (double(i) + 0.5) * step);
    const double integral = log_prob(middles).array().exp().sum() * step;
    if (!(std::abs(integral - 1) <= 0.02))
      say(fmt::format("the density that log_prob gives integrates to {:.4g}", integral));
  }

  // E[grad log p] = 0: as many draws on either side as the density has.
  void check_mean_gradient() {
    const MatrixF wide = column_.replicate(1, kSamples);
    MatrixF slopes = MatrixF::Zero(wide.rows(), wide.cols());
    Workspace workspace;
    policy_.head().add_log_prob_gradient(wide, actions_, Vector::Ones(kSamples), slopes, workspace);
    for (Index i = 0; i < slopes.rows(); ++i) {
      const Vector row = slopes.row(i).cast<double>();
      if (within_chance(row, 0)) continue;
      say(
          fmt::format("actions are not drawn as log_prob says: the mean of its gradient in entry "
                      "{} of the distribution is {:.4g} and not 0",
                      i, row.mean()));
      return;
    }
  }

  void check_entropy() {
    const double entropy = policy_.head().mean_entropy(column_);
    if (!within_chance(-log_prob_, entropy))
      say(fmt::format("mean_entropy is {:.4g}, but the mean of -log_prob over {} actions is {:.4g}",
                      entropy, kSamples, -log_prob_.mean()));
  }

  static bool within_chance(const Vector& values, double expected) {
    const double mean = values.mean();
    const double variance = (values.array() - mean).square().mean();
    return std::abs(mean - expected) <=
           kDeviations * std::sqrt(variance / double{kSamples}) + 1e-4 * (1 + std::abs(expected));
  }

  const StochasticPolicy& policy_;
  const Space& space_;
  MatrixF actions_, column_;  // all actions at one observation, and the distribution there
  Vector log_prob_;
  std::vector<std::string> found_;
};

}  // namespace

MatrixF act_exploring(const Policy& policy, const EnvSpec& spec, MatrixFIn observations,
                      const Rng& rng) {
  std::vector<Rng> streams;
  for (Index j = 0; j < observations.cols(); ++j) streams.push_back(rng.fork(std::uint64_t(j)));
  MatrixF memory = MatrixF::Zero(policy.memory_size(), observations.cols());
  MatrixF actions(spec.action_dim(), observations.cols());
  Workspace workspace;
  policy.act({ActMode::kExplore, observations, memory, streams}, actions, workspace);
  return actions;
}

std::vector<std::string> check_density(const StochasticPolicy& policy, const EnvSpec& spec,
                                       MatrixFIn observations, bool gradients) {
  return DensityCheck(policy, spec, observations).run(gradients);
}

}  // namespace rlrun
