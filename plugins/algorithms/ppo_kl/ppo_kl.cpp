// Proximal policy optimisation with an adaptive penalty on the KL divergence.
//
//   J. Schulman et al., "Proximal Policy Optimization Algorithms", arXiv:1707.06347, 2017,
//   section 4.
//
// Deviations:
//   - beta stays within [1e-4, 1e4], so that long runs neither lose nor drown the objective;
//   - as in `ppo`: observation moments change after each update, and an episode that ran out of
//     time is bootstrapped unless `bootstrap_at_time_limit` is off.
//
//   paper    here          meaning
//   beta     beta_         weight of the divergence
//   d        kl            mean KL(old || now) after the update
//   d_targ   target_kl     what d is kept near
//   r_t      ratio         pi(a_t | s_t) / pi_old(a_t | s_t)

#include <algorithm>
#include <cmath>

#include "rlrun/learners/actor_critic.hpp"
#include "rlrun/learners/minibatches.hpp"
#include "rlrun/learners/rollouts.hpp"
#include "rlrun/learners/samples.hpp"
#include "rlrun/math/schedules.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

/// Half the penalty if the update went less than two thirds of the way, twice if more than one and
/// a half times.
inline double adapted_penalty(double beta, double kl, double target_kl) {
  if (kl < target_kl / 1.5) beta /= 2;
  if (kl > target_kl * 1.5) beta *= 2;
  return std::clamp(beta, 1e-4, 1e4);
}

class PpoKl final : public Algorithm {
 public:
  using PolicyType = StochasticPolicy;
  static constexpr bool kNormalizes = true;
  static constexpr bool kTrainsMemory = true;

  struct Params : RolloutParams, ActorCriticParams {
    std::int64_t minibatch_size = 64;
    std::int64_t epochs = 10;
    double target_kl = 0.01;
    double initial_beta = 1;
    double value_coefficient = 0.5;
    double entropy_coefficient = 0;

    void fields(Fields& f) {
      RolloutParams::fields(f);
      f("minibatch_size", minibatch_size, "Steps of a gradient step.", at_least(1));
      f("epochs", epochs, "Passes over the steps of an iteration.", at_least(1));
      f("target_kl", target_kl, "Divergence of an update that the penalty aims at (d_targ).",
        more_than(0));
      f("initial_beta", initial_beta, "Weight of the divergence at the start (beta).",
        between(1e-4, 1e4));
      f("value_coefficient", value_coefficient, "Factor of half the squared value error.",
        at_least(0));
      f("entropy_coefficient", entropy_coefficient, "Factor of the entropy bonus.", at_least(0));
      ActorCriticParams::fields(f);
    }
    void check() const {
      if (minibatch_size > steps())
        throw UserError("minibatch_size = " + std::to_string(minibatch_size) +
                        " does not fit into the n_envs * rollout_steps = " +
                        std::to_string(steps()) + " steps of an iteration");
    }
  };

  PpoKl(const Params& params, std::unique_ptr<StochasticPolicy> policy, const EnvSpec& /*spec*/,
        const Rng& rng)
      : p_(params),
        learner_(params, std::move(policy), rng),
        rollouts_(params),
        beta_(params.initial_beta) {}

  void iterate(Iteration& it) override {
    const SegmentBatch& batch = rollouts_.collect(it, policy());
    old_ = rollouts_.value(batch, learner_);
    standardise(old_.advantages, old_.columns);
    old_distribution_ = policy().distribution(batch.steps());
    old_log_prob_ = policy().head().log_prob(old_distribution_, batch.actions);

    const double step_size = scheduled(p_.step_size_schedule, p_.step_size, it.progress);
    Rng order_rng = it.rng.fork("minibatches");
    Minibatches minibatches(batch, old_.columns, policy().memory_size() > 0);
    for (std::int64_t epoch = 0; epoch < p_.epochs; ++epoch) {
      minibatches.shuffle(order_rng);
      for (auto columns = minibatches.next(p_.minibatch_size); !columns.empty();
           columns = minibatches.next(p_.minibatch_size))
        step(batch, columns, step_size);
    }
    learner_.check_finite("ppo_kl");

    const double kl =
        policy().head().mean_kl(old_distribution_, policy().distribution(batch.steps()));
    it.metrics["beta"] = beta_;
    it.metrics["kl"] = kl;
    it.metrics["entropy"] = policy().head().mean_entropy(old_distribution_);
    it.metrics["explained_variance"] = explained_variance(old_.targets, old_.values);
    beta_ = adapted_penalty(beta_, kl, p_.target_kl);
    learner_.update_normalization(batch.observations);
  }

  [[nodiscard]] const StochasticPolicy& policy() const override { return learner_.policy(); }
  [[nodiscard]] double beta() const { return beta_; }

  void state(Archive& archive) override {
    learner_.state(archive);
    rollouts_.state(archive);
    archive("beta", beta_);
  }

 private:
  // One gradient step on
  //   -mean_t r_t A_t + beta mean_t KL_t + c_v / 2 mean_t (V(s_t) - V_targ)^2 - c_e mean_t H_t
  void step(const SegmentBatch& batch, std::span<const Index> columns, double step_size) {
    const double share = 1 / static_cast<double>(columns.size());
    const auto loss = [&](LossPart& part) {
      const Workspace::Scope scope(part.workspace);
      Workspace::Map old = part.workspace.matrix(old_distribution_.rows(), part.size());
      for (Index i = 0; i < part.size(); ++i) {
        const Index t = part.columns[std::size_t(i)];
        const double ratio = std::exp(part.log_prob(i) - old_log_prob_(t));
        part.log_prob_slope(i) = -share * ratio * old_.advantages(t);
        part.value_slope(i) = share * p_.value_coefficient * (part.values(i) - old_.targets(t));
        old.col(i) = old_distribution_.col(t);
      }
      policy().head().add_kl_gradient(old, part.distribution, share * beta_,
                                      part.distribution_slope, part.workspace);
      if (p_.entropy_coefficient > 0)
        policy().head().add_entropy_gradient(part.distribution, -share * p_.entropy_coefficient,
                                             part.distribution_slope);
    };
    learner_.descend(batch, columns, loss, step_size);
  }

  Params p_;
  ActorCritic learner_;
  Rollouts rollouts_;
  double beta_;

  ValuedSteps old_;
  MatrixF old_distribution_;
  Vector old_log_prob_;
};

inline void register_ppo_kl(Registry& registry) {
  registry.add(algorithm<PpoKl>("ppo_kl", "Proximal policy optimisation, adaptive KL penalty",
                                "Schulman et al. 2017", "gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("ppo_kl", "1.0.0", "algorithm:ppo_kl", rlrun::algorithms::register_ppo_kl)
