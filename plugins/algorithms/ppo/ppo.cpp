// Proximal policy optimisation with a clipped objective.
//
//   J. Schulman et al., "Proximal Policy Optimization Algorithms", arXiv:1707.06347, 2017,
//   with the details of S. Huang et al., "The 37 Implementation Details of Proximal Policy
//   Optimization", ICLR blog track 2022, as declared parameters.
//
// Deviations:
//   - the moments that observations are normalised with are those of the rollouts before, and
//     change after the update and not with every step; so a rollout and its update see the same
//     numbers;
//   - an episode that ran out of time is bootstrapped with the value of its last state, unless
//     `bootstrap_at_time_limit` is off;
//   - the divergence that ends the epochs early is the mean over the whole last epoch.
//
//   paper      here                meaning
//   N, T       n_envs, rollout_steps
//   K, M       epochs, minibatch_size
//   r_t        ratio               pi(a_t | s_t) / pi_old(a_t | s_t)
//   epsilon    clip_epsilon        how far the ratio may move
//   A_t        advantages          by generalised advantage estimation with gamma, lambda
//   V_targ     targets             A_t + V_old(s_t)
//   c_1, c_2   value_coefficient, entropy_coefficient

#include <algorithm>
#include <cmath>

#include "rlrun/learners/actor_critic.hpp"
#include "rlrun/learners/minibatches.hpp"
#include "rlrun/learners/rollouts.hpp"
#include "rlrun/learners/samples.hpp"
#include "rlrun/math/schedules.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

// The loss of a minibatch, whose terms and their slopes are below, is
//   -mean_t min(r_t A_t, clip(r_t) A_t) + c_1 / 2 mean_t (V(s_t) - V_targ)^2 - c_2 mean_t H_t

/// min(r A, clip(r, 1 - epsilon, 1 + epsilon) A) and its slope in log pi.
struct ClippedSurrogate {
  double value, slope;
  bool clipped;  ///< The ratio is outside the interval, whether that matters or not.

  ClippedSurrogate(double ratio, double advantage, double epsilon) {
    const double inside = std::clamp(ratio, 1 - epsilon, 1 + epsilon);
    clipped = ratio != inside;
    value = std::min(ratio * advantage, inside * advantage);
    slope = inside * advantage < ratio * advantage ? 0 : ratio * advantage;
  }
};

/// Half the squared error of V and its slope in V. If values are clipped, it is the larger one of the
/// plain error and that of a value which moved by epsilon at most.
struct ValueError {
  double value, slope;

  ValueError(double now, double old, double target, double epsilon, bool clips) {
    const double clipped = clips ? old + std::clamp(now - old, -epsilon, epsilon) : now;
    const bool gained_too_much = clips && std::abs(clipped - target) > std::abs(now - target);
    value = std::pow((gained_too_much ? clipped : now) - target, 2) / 2;
    slope = gained_too_much ? 0 : now - target;
  }
};

class Ppo final : public Algorithm {
 public:
  using PolicyType = StochasticPolicy;
  static constexpr bool kNormalizes = true;
  static constexpr bool kTrainsMemory = true;

  struct Params : RolloutParams, ActorCriticParams {
    std::int64_t minibatch_size = 64;
    std::int64_t epochs = 10;
    std::string normalize_advantages = "minibatch";
    double clip_epsilon = 0.2;
    std::string clip_epsilon_schedule = "constant";
    double value_coefficient = 0.5;
    bool clip_values = true;
    double entropy_coefficient = 0;
    double target_kl = 0;

    void fields(Fields& f) {
      RolloutParams::fields(f);
      f("minibatch_size", minibatch_size, "Steps of a gradient step (M).", at_least(1));
      f("epochs", epochs, "Passes over the steps of an iteration (K).", at_least(1));
      f("normalize_advantages", normalize_advantages,
        "Over what advantages get mean 0 and deviation 1.", {"minibatch", "batch", "none"});
      f("clip_epsilon", clip_epsilon, "How far the ratio may leave 1 (epsilon).", more_than(0));
      f("clip_epsilon_schedule", clip_epsilon_schedule, "Course of clip_epsilon; linear goes to 0.",
        schedule_names());
      f("value_coefficient", value_coefficient, "Factor of half the squared value error (c_1).",
        at_least(0));
      f("clip_values", clip_values,
        "Whether a value may only move by clip_epsilon to lower its loss.");
      f("entropy_coefficient", entropy_coefficient, "Factor of the entropy bonus (c_2).",
        at_least(0));
      f("target_kl", target_kl,
        "Mean divergence of an epoch after which there is no further one; 0: none.", at_least(0));
      ActorCriticParams::fields(f);
    }
    void check() const {
      if (minibatch_size > steps())
        throw UserError("minibatch_size = " + std::to_string(minibatch_size) +
                        " does not fit into the n_envs * rollout_steps = " +
                        std::to_string(steps()) + " steps of an iteration");
    }
  };

  Ppo(const Params& params, std::unique_ptr<StochasticPolicy> policy, const EnvSpec& /*spec*/,
      const Rng& rng)
      : p_(params),
        learner_(params, std::move(policy), rng),
        rollouts_(params),
        part_stats_(2, ActorCritic::most_parts()) {}

  void iterate(Iteration& it) override {
    const SegmentBatch& batch = rollouts_.collect(it, policy());
    // What stays fixed over the epochs.
    old_ = rollouts_.value(batch, learner_);
    if (p_.normalize_advantages == "batch") standardise(old_.advantages, old_.columns);
    const MatrixF old_distribution = policy().distribution(batch.steps());
    old_log_prob_ = policy().head().log_prob(old_distribution, batch.actions);

    const double step_size = scheduled(p_.step_size_schedule, p_.step_size, it.progress);
    epsilon_ = scheduled(p_.clip_epsilon_schedule, p_.clip_epsilon, it.progress);

    Rng order_rng = it.rng.fork("minibatches");
    Minibatches minibatches(batch, old_.columns, policy().memory_size() > 0);
    const auto n_steps = static_cast<double>(minibatches.size());
    double kl = 0, clipped = 0, gradient_norm = 0;
    std::int64_t epoch = 0, n_minibatches = 0;
    while (epoch < p_.epochs) {
      minibatches.shuffle(order_rng);
      kl = clipped = gradient_norm = 0;
      n_minibatches = 0;
      for (auto columns = minibatches.next(p_.minibatch_size); !columns.empty();
           columns = minibatches.next(p_.minibatch_size)) {
        gradient_norm += step(batch, columns, step_size);
        kl += part_stats_.row(0).sum();
        clipped += part_stats_.row(1).sum();
        ++n_minibatches;
      }
      kl /= n_steps;
      ++epoch;
      if (p_.target_kl > 0 && kl > p_.target_kl) break;
    }
    learner_.check_finite("ppo");
    learner_.update_normalization(batch.observations);

    it.metrics["epochs"] = static_cast<double>(epoch);
    it.metrics["kl"] = kl;
    it.metrics["clip_fraction"] = clipped / n_steps;
    it.metrics["gradient_norm"] = gradient_norm / static_cast<double>(n_minibatches);
    it.metrics["entropy"] = policy().head().mean_entropy(old_distribution);
    it.metrics["explained_variance"] = explained_variance(old_.targets, old_.values);
  }

  [[nodiscard]] const StochasticPolicy& policy() const override { return learner_.policy(); }
  [[nodiscard]] const ActorCritic& learner() const { return learner_; }

  void state(Archive& archive) override {
    learner_.state(archive);
    rollouts_.state(archive);
  }

 private:
  // One gradient step on the loss.
  double step(const SegmentBatch& batch, std::span<const Index> columns, double step_size) {
    const auto [mean, deviation] = advantage_moments(columns);
    const double share = 1 / static_cast<double>(columns.size());
    part_stats_.setZero();

    const auto loss = [&, mean = mean, deviation = deviation](LossPart& part) {
      double kl = 0, clipped = 0;
      for (Index i = 0; i < part.size(); ++i) {
        const Index t = part.columns[std::size_t(i)];
        const double advantage = (old_.advantages(t) - mean) / deviation;
        const double log_ratio = part.log_prob(i) - old_log_prob_(t), ratio = std::exp(log_ratio);
        const ClippedSurrogate surrogate(ratio, advantage, epsilon_);
        part.log_prob_slope(i) = -share * surrogate.slope;
        const ValueError error(part.values(i), old_.values(t), old_.targets(t), epsilon_,
                               p_.clip_values);
        part.value_slope(i) = share * p_.value_coefficient * error.slope;
        kl += ratio - 1 - log_ratio;
        clipped += surrogate.clipped ? 1 : 0;
      }
      if (p_.entropy_coefficient > 0)
        policy().head().add_entropy_gradient(part.distribution, -share * p_.entropy_coefficient,
                                             part.distribution_slope);
      part_stats_(0, part.index) = kl;
      part_stats_(1, part.index) = clipped;
    };
    return learner_.descend(batch, columns, loss, step_size);
  }

  // Mean and deviation (n - 1) over a minibatch; one step has none and stays as it is.
  [[nodiscard]] std::pair<double, double> advantage_moments(std::span<const Index> columns) const {
    if (p_.normalize_advantages != "minibatch" || columns.size() < 2) return {0, 1};
    double mean = 0, squares = 0;
    for (const Index t : columns) mean += old_.advantages(t);
    mean /= static_cast<double>(columns.size());
    for (const Index t : columns) squares += std::pow(old_.advantages(t) - mean, 2);
    return {mean, std::sqrt(squares / static_cast<double>(columns.size() - 1)) + 1e-8};
  }

  Params p_;
  ActorCritic learner_;
  Rollouts rollouts_;
  double epsilon_ = 0;

  ValuedSteps old_;
  Vector old_log_prob_;
  Matrix part_stats_;  // (2, parts): sums of the divergence and of clipped steps
};

inline void register_ppo(Registry& registry) {
  registry.add(algorithm<Ppo>("ppo", "Proximal policy optimisation, clipped",
                              "Schulman et al. 2017; Huang et al. 2022", "gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("ppo", "1.0.0", "algorithm:ppo", rlrun::algorithms::register_ppo)
