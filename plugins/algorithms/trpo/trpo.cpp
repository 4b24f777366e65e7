// Trust region policy optimisation.
//
//   J. Schulman et al., "Trust Region Policy Optimization", ICML 2015, section 6 and appendix C,
//   in the form of Y. Duan et al., "Benchmarking Deep Reinforcement Learning for Continuous
//   Control", ICML 2016.
//
// As in the code of Duan et al.:
//   - advantages are discounted returns minus a linear baseline that was fitted to the previous
//     batch, standardised over the batch; the value at the time limit counts as zero, unless
//     `bootstrap_at_time_limit` is set;
//   - the Fisher matrix is averaged over a tenth of the steps, drawn anew in each iteration. Later
//     versions of that code use all of them (`fisher_fraction` 1);
//   - if no candidate of the line search is good, the last and shortest one is kept. Later versions
//     restore the old parameters (`on_failed_search` "restore").
// Left out: the 1e-8 that the first version added to the quotients of the conjugate gradient.
//
//   paper        here            meaning
//   delta        max_kl          bound on the mean KL divergence of a step
//   L_old        surrogate       mean of ratio times advantage, without the constant J(old)
//   A            fisher          Fisher information, plus damping
//   s            direction       solution of A s = g
//   beta         step_length     longest step within the bound, to second order

#include <cmath>

#include "rlrun/baselines/linear_feature.hpp"
#include "rlrun/learners/samples.hpp"
#include "rlrun/math/conjugate_gradient.hpp"
#include "rlrun/normalization.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

class Trpo final : public Algorithm {
 public:
  using PolicyType = StochasticPolicy;
  static constexpr bool kNormalizes = true;
  static constexpr bool kTrainsMemory = true;

  struct Params : SampleParams {
    std::int64_t batch_steps = 50'000;
    double max_kl = 0.01;
    double fisher_fraction = 0.1;
    double damping = 1e-5;
    std::int64_t cg_iterations = 10;
    double backtrack_ratio = 0.8;
    std::int64_t max_backtracks = 15;
    std::string on_failed_search = "keep";

    void fields(Fields& f) {
      f("batch_steps", batch_steps, "Steps of an iteration, rounded up to whole episodes.",
        at_least(1));
      f("max_kl", max_kl, "Bound on the mean KL divergence of a step (delta).", more_than(0));
      f("fisher_fraction", fisher_fraction,
        "Share of the steps that the Fisher matrix is averaged over.",
        {.low = 0, .high = 1, .open_low = true});
      f("damping", damping, "Multiple of the identity that is added to the Fisher matrix.",
        at_least(0));
      f("cg_iterations", cg_iterations, "Most iterations of the conjugate gradient.", at_least(1));
      f("backtrack_ratio", backtrack_ratio, "Factor from one candidate of the search to the next.",
        {.low = 0, .high = 1, .open_low = true, .open_high = true});
      f("max_backtracks", max_backtracks, "Candidates of the line search.", at_least(1));
      f("on_failed_search", on_failed_search,
        "If no candidate is good: keep the last one, or restore the old parameters.",
        {"keep", "restore"});
      SampleParams::fields(f);
    }
    [[nodiscard]] Pace pace() const { return {.steps_per_iteration = batch_steps}; }
  };

  Trpo(const Params& params, std::unique_ptr<StochasticPolicy> policy, const EnvSpec& /*spec*/,
       Rng /*rng*/)
      : p_(params),
        policy_(std::move(policy)),
        baseline_(policy_->input().one_hot()),
        normalization_(*policy_) {}

  void iterate(Iteration& it) override {
    const Batch batch = it.sampler.collect(*policy_, p_.batch_steps);
    const Samples samples = flatten(batch, baseline_, p_);

    const OldPolicy old = old_policy(samples);
    const VectorF step = full_step(samples, old.gradient, it.rng.fork("fisher"));
    line_search(samples, old, step, it.metrics);

    baseline_.fit(batch, samples.returns);
    normalization_.update(samples.observations);
  }

  // What the old parameters say of the batch, from one pass over it. There all ratios are 1, and
  // the gradient of the surrogate is the policy gradient.
  struct OldPolicy {
    MatrixF distribution;
    Vector log_prob;
    VectorF gradient;
  };

  [[nodiscard]] OldPolicy old_policy(const Samples& samples) const {
    const Vector weights = samples.advantages / static_cast<double>(samples.size());
    OldPolicy old{MatrixF(policy_->head().size(), samples.size()), Vector(samples.size()),
                  VectorF::Zero(policy_->params().size())};
    policy_->add_batch_gradient(
        samples.steps(),
        [&](Index from, MatrixFIn distribution, MatrixFOut slope, Workspace& workspace) {
          const Index n = distribution.cols();
          const auto actions = samples.actions.middleCols(from, n);
          old.distribution.middleCols(from, n) = distribution;
          policy_->head().write_log_prob(distribution, actions, old.log_prob.segment(from, n),
                                         workspace);
          policy_->head().add_log_prob_gradient(distribution, actions, weights.segment(from, n),
                                                slope, workspace);
        },
        old.gradient);
    return old;
  }

  // The step that reaches the bound on the KL divergence to second order; zero if rounding or noise
  // left no direction of positive curvature.
  [[nodiscard]] VectorF full_step(const Samples& samples, const VectorF& gradient,
                                  const Rng& rng) const {
    const SomeSteps chosen =
        sample_steps(samples, p_.fisher_fraction, policy_->memory_size() > 0, rng);
    const std::unique_ptr<FisherOperator> fisher = policy_->fisher(chosen.steps());
    const auto product = [&](const VectorF& v) -> VectorF {
      return (*fisher)(v) + static_cast<float>(p_.damping) * v;
    };
    const VectorF direction = conjugate_gradient(product, gradient, p_.cg_iterations);

    // KL(old || old + beta s) is beta^2 s' A s / 2 to second order. By a product of its own: where
    // A is nearly singular, what the conjugate gradient carries along is off.
    const double curvature = inner_product(direction, product(direction));
    if (!(curvature > 0) || !std::isfinite(curvature)) return VectorF::Zero(direction.size());
    const double step_length = std::sqrt(2 * p_.max_kl / (curvature + 1e-8));
    return static_cast<float>(step_length) * direction;
  }

  // mean_t[ pi(a_t | s_t) / pi_old(a_t | s_t) A_t ]
  [[nodiscard]] double surrogate(const Samples& samples, MatrixFIn distribution,
                                 const Vector& old_log_prob) const {
    const Vector log_prob = policy_->head().log_prob(distribution, samples.actions);
    return ((log_prob - old_log_prob).array().exp() * samples.advantages.array()).mean();
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    VectorF params = policy_->params();
    archive("policy", params);
    if (archive.restoring()) policy_->set_params(params);
    baseline_.state(archive);
    normalization_.state(archive);
  }

 private:
  // Shortens the step until the surrogate improves within the bound.
  void line_search(const Samples& samples, const OldPolicy& old, const VectorF& step,
                   Metrics& metrics) {
    const VectorF old_params = policy_->params();
    const double old_surrogate = samples.advantages.mean();

    MatrixF distribution = old.distribution;
    double improvement = 0, kl = 0, ratio = 1;
    std::int64_t backtracks = 0;
    bool accepted = false;
    if (!step.isZero(0)) {
      for (; backtracks < p_.max_backtracks; ++backtracks, ratio *= p_.backtrack_ratio) {
        policy_->set_params(old_params + static_cast<float>(ratio) * step);
        distribution = policy_->distribution(samples.steps());
        improvement = surrogate(samples, distribution, old.log_prob) - old_surrogate;
        kl = policy_->head().mean_kl(old.distribution, distribution);
        accepted = improvement > 0 && kl <= p_.max_kl;
        if (accepted) break;
      }
      // A candidate that is not even finite is never kept.
      const bool finite = std::isfinite(improvement) && std::isfinite(kl);
      if (!accepted && (p_.on_failed_search == "restore" || !finite)) {
        policy_->set_params(old_params);
        distribution = old.distribution;
        improvement = kl = 0;
      }
    }
    metrics["kl"] = kl;
    metrics["surrogate_improvement"] = improvement;
    metrics["backtracks"] = static_cast<double>(backtracks);
    metrics["entropy"] = policy_->head().mean_entropy(distribution);
  }

  Params p_;
  std::unique_ptr<StochasticPolicy> policy_;
  LinearFeatureBaseline baseline_;
  Normalization normalization_;
};

inline void register_trpo(Registry& registry) {
  registry.add(algorithm<Trpo>("trpo", "Trust region policy optimisation",
                               "Schulman et al. 2015; Duan et al. 2016", "gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("trpo", "1.0.0", "algorithm:trpo", rlrun::algorithms::register_trpo)
