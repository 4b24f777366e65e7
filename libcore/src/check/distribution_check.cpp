#include "check/distribution_check.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "check/check_support.hpp"
#include "check/density_check.hpp"
#include "check/gradient_check.hpp"
#include "sample/env_player.hpp"

namespace rlrun {
namespace {

constexpr Index kColumns = 160;
constexpr float kFilled = 0.25F;  // what is there before something is added

// A copy of a policy at other parameters.
class Moved {
 public:
  Moved(const StochasticPolicy& policy, const VectorF& params) : copy_(policy.clone()) {
    copy_->set_params(params);
  }
  const StochasticPolicy& operator*() const { return dynamic_cast<StochasticPolicy&>(*copy_); }
  const StochasticPolicy* operator->() const { return &**this; }

 private:
  std::unique_ptr<Policy> copy_;
};

double dot(const VectorF& a, const VectorF& b) {
  return a.cast<double>().dot(b.cast<double>());
}

class DistributionCheck {
 public:
  DistributionCheck(const StochasticPolicy& given, const EnvSpec& spec)
      : given_(given),
        spec_(spec),
        n_free_(given.n_learned()),
        params_(near(given.params(), 0.1F, "point")),
        policy_(given, params_),
        observations_(spec.obs_dim(), kColumns),
        weights_(kColumns) {
    Rng drawing = rng_.fork("observations"), weighing = rng_.fork("weights");
    for (Index j = 0; j < kColumns; ++j) {
      draw_action(spec.observation, drawing, observations_.col(j));
      weights_(j) = weighing.normal();
    }
    actions_ = act_exploring(*policy_, spec, observations_, rng_.fork("actions"));
    now_ = policy_->distribution(observations_);
    old_ = Moved(given, near(params_, 0.05F, "old"))->distribution(observations_);
  }

  std::vector<std::string> run() {
    if (!params_.allFinite() || !now_.allFinite()) {
      say("the distribution is not finite");
      return found_;
    }
    if (now_.rows() != policy_->head().size() || now_.cols() != kColumns) {
      say(fmt::format("distribution is ({}, {}) and not ({}, {})", now_.rows(), now_.cols(),
                      policy_->head().size(), kColumns));
      return found_;
    }
    check_values();
    check_sums();
    const std::size_t before = found_.size();
    if (n_free_ > 0) check_gradients();
    for (std::string& line :
         check_density(*policy_, spec_, observations_, /*gradients=*/found_.size() == before))
      say(std::move(line));
    if (n_free_ > 0) check_fisher(/*gradients=*/found_.size() == before);
    check_threads();
    return found_;
  }

 private:
  void say(std::string line) { found_.push_back(std::move(line)); }

  // The free parameters moved by a random vector; the normalisation stays.
  [[nodiscard]] VectorF near(const VectorF& params, float size, const char* role) const {
    VectorF noise = VectorF::Zero(params.size());
    rng_.fork(role).fill_normal(noise.head(n_free_));
    return params + size * noise;
  }

  void check_values() {
    const double own = policy_->head().mean_kl(now_, now_),
                 other = policy_->head().mean_kl(old_, now_);
    if (!(std::abs(own) <= 1e-5))
      say(fmt::format("mean_kl of a distribution from itself is {:.4g}", own));
    if (n_free_ > 0 && !same_bits(old_, now_) && !(other > 0))
      say(fmt::format("mean_kl of two distributions is {:.4g}", other));
  }

  // Whatever is called "add" adds.
  void check_sums() {
    const auto check = [&](const char* name, auto add) {
      MatrixF alone = MatrixF::Zero(now_.rows(), now_.cols());
      MatrixF more = MatrixF::Constant(now_.rows(), now_.cols(), kFilled);
      add(MatrixFOut(alone));
      add(MatrixFOut(more));
      const float scale = 1 + alone.cwiseAbs().maxCoeff();
      if (!((more - alone).array() - kFilled).isMuchSmallerThan(scale, 1e-4F))
        say(std::string(name) + " does not add to what is there");
    };
    check("add_log_prob_gradient", [&](MatrixFOut slope) { add_log_prob(now_, slope); });
    check("add_entropy_gradient", [&](MatrixFOut slope) { add_entropy(now_, slope); });
    check("add_kl_gradient", [&](MatrixFOut slope) { add_kl(*policy_, old_, now_, slope); });
  }

  void add_log_prob(MatrixFIn now, MatrixFOut slope) {
    policy_->head().add_log_prob_gradient(now, actions_, weights_, slope, scratch_.workspace);
  }
  void add_entropy(MatrixFIn now, MatrixFOut slope) {
    policy_->head().add_entropy_gradient(now, kWeight, slope);
  }
  void add_kl(const StochasticPolicy& policy, MatrixFIn old, MatrixFIn now, MatrixFOut slope) {
    policy.head().add_kl_gradient(old, now, kWeight, slope, scratch_.workspace);
  }

  // By add_gradient, over something that is there.
  VectorF gradient_of(const StochasticPolicy& policy, DistributionLoss loss) {
    VectorF gradient = VectorF::Constant(params_.size(), kFilled);
    policy.add_gradient(observations_, loss, gradient, scratch_);
    return gradient.array() - kFilled;
  }

  void check_gradients() {
    const Vector log_prob = policy_->head().log_prob(now_, actions_);
    const double columns = std::sqrt(static_cast<double>(kColumns));
    GradientClaim claim;
    claim.name = "grad_log_prob";
    claim.of = "log_prob";
    claim.magnitude = columns + log_prob.norm();
    claim.value = [&](const VectorF& params) {
      const Moved there(given_, params);
      return there->head().log_prob(there->distribution(observations_), actions_).dot(weights_);
    };
    claim.gradient = policy_->grad_log_prob(observations_, actions_, weights_);
    check(claim);

    bool seen = true;
    claim.name = "add_gradient with add_log_prob_gradient";
    claim.gradient = gradient_of(*policy_, [&](MatrixFIn now, MatrixFOut slope) {
      seen = seen && now.isApprox(now_, 1e-4F) && slope.isZero(0);
      add_log_prob(now, slope);
    });
    if (!seen) say("add_gradient does not show its loss the distribution and a slope of zeros");
    check(claim);

    const double n = kWeight * static_cast<double>(kColumns);
    claim.name = "add_gradient with add_entropy_gradient";
    claim.of = "mean_entropy";
    claim.magnitude = columns * (1 + std::abs(policy_->head().mean_entropy(now_)));
    claim.value = [&](const VectorF& params) {
      const Moved there(given_, params);
      return n * there->head().mean_entropy(there->distribution(observations_));
    };
    claim.gradient =
        gradient_of(*policy_, [&](MatrixFIn now, MatrixFOut slope) { add_entropy(now, slope); });
    check(claim);

    claim.name = "add_gradient with add_kl_gradient";
    claim.of = "mean_kl";
    claim.magnitude = columns * (1 + std::abs(policy_->head().mean_kl(old_, now_)));
    claim.value = [&](const VectorF& params) {
      const Moved there(given_, params);
      return n * there->head().mean_kl(old_, there->distribution(observations_));
    };
    claim.gradient = gradient_of(
        *policy_, [&](MatrixFIn now, MatrixFOut slope) { add_kl(*policy_, old_, now, slope); });
    check(claim);
  }

  void check(const GradientClaim& claim) {
    const Index rest = params_.size() - n_free_;
    if (claim.gradient.size() != params_.size())
      return say(fmt::format("{} has {} entries for {} parameters", claim.name,
                             claim.gradient.size(), params_.size()));
    if ((claim.gradient.tail(rest).array().abs() > 1e-6F).any())
      say(claim.name + " is not zero in the normalisation of observations");
    if (std::string departure =
            compare_with_differences(claim, params_, n_free_, rng_.fork("directions"));
        !departure.empty())
      say(std::move(departure));
  }

  void check_fisher(bool gradients) {
    const std::unique_ptr<FisherOperator> fisher = policy_->fisher(observations_);
    const VectorF zero = VectorF::Zero(params_.size());
    const VectorF u = near(zero, 1, "u"), v = near(zero, 1, "v");
    const VectorF fu = (*fisher)(u), fv = (*fisher)(v);
    const double uu = dot(u, fu), vv = dot(v, fv), uv = dot(u, fv), vu = dot(v, fu);
    if (!fu.allFinite() || !fv.allFinite()) return say("a Fisher product is not finite");
    if (uu < 0 || vv < 0)
      return say(
          fmt::format("Fisher products are not positive: v F v is {:.4g}", std::min(uu, vv)));
    if (!(std::abs(uv - vu) <= 1e-3 * std::sqrt(uu * vv)))
      say(fmt::format("Fisher products are not symmetric: u F v is {:.4g}, v F u is {:.4g}", uv,
                      vu));
    if (!fv.tail(params_.size() - n_free_).isZero(0))
      say("a Fisher product is not zero in the normalisation of observations");
    if (!gradients) return;  // there is nothing to compare with

    // F v is how the gradient of KL(here || there) changes along v, which is best seen where the
    // divergence is small but far above rounding.
    const double curvature = vv > 0 ? vv : double{v.squaredNorm()};
    const auto h = static_cast<float>(0.02 / std::sqrt(curvature));
    const auto slope_at = [&](float step) {
      const Moved there(given_, params_ + step * v);
      return gradient_of(
          *there, [&](MatrixFIn now, MatrixFOut slope) { add_kl(*there, now_, now, slope); });
    };
    const VectorF differences =
        (slope_at(h) - slope_at(-h)) / (2 * h * static_cast<float>(kWeight * double{kColumns}));
    const double gap = double{(fv - differences).norm()};
    if (!(gap <= 0.05 * double{differences.norm()} + 1e-6))
      say(
          fmt::format("Fisher products are not the curvature of mean_kl: v F v is {:.4g}, where "
                      "differences of add_kl_gradient give {:.4g}",
                      vv, dot(v, differences)));
  }

  void check_threads() {
    const auto results = [&] {
      return std::pair(policy_->distribution(observations_),
                       policy_->grad_log_prob(observations_, actions_, weights_));
    };
    const ThreadCount restore;
    set_thread_count(1);
    const auto [distribution, gradient] = results();
    set_thread_count(4);
    const auto [distribution_of_4, gradient_of_4] = results();
    if (!same_bits(distribution, distribution_of_4))
      say("distribution depends on the number of threads");
    if (!same_bits(gradient, gradient_of_4)) say("grad_log_prob depends on the number of threads");
  }

  static constexpr double kWeight = 1.5;  // of entropy and divergence
  const Rng rng_ = Rng(0).fork("distribution_check");
  const StochasticPolicy& given_;
  const EnvSpec& spec_;
  Index n_free_;  // parameters before the normalisation
  VectorF params_;
  Moved policy_;  // at params_
  MatrixF observations_, actions_, now_, old_;
  Vector weights_;
  PassScratch scratch_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> check_distribution(const StochasticPolicy& policy, const EnvSpec& spec) {
  return DistributionCheck(policy, spec).run();
}

}  // namespace rlrun
