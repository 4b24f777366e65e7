// Advantage actor-critic, synchronous.
//
//   V. Mnih et al., "Asynchronous Methods for Deep Reinforcement Learning", ICML 2016, in its
//   synchronous form: several environments step side by side, and each short rollout gives one
//   gradient step.
//
// Deviations:
//   - advantages may use lambda < 1 (generalised advantage estimation); 1 is the paper's n-step
//     return;
//   - observation moments change after each rollout and not with every step;
//   - an episode that ran out of time is bootstrapped with the value of its last state, unless
//     `bootstrap_at_time_limit` is off;
//   - policy and value function share no layers.
//
//   paper       here                meaning
//   t_max       rollout_steps       steps of each environment between two gradient steps
//   R - V       advantages          constant in the gradient
//   beta        entropy_coefficient

#include "rlrun/learners/actor_critic.hpp"
#include "rlrun/learners/rollouts.hpp"
#include "rlrun/learners/samples.hpp"
#include "rlrun/math/schedules.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

class A2c final : public Algorithm {
 public:
  using PolicyType = StochasticPolicy;
  static constexpr bool kNormalizes = true;
  static constexpr bool kTrainsMemory = true;

  struct Params : RolloutParams, ActorCriticParams {
    bool normalize_advantages = false;
    double value_coefficient = 1;
    double entropy_coefficient = 0;

    Params() {
      n_envs = 16;
      rollout_steps = 5;
      gae_lambda = 1;
      normalize_rewards = false;
      optimiser = "rmsprop";
      step_size = 7e-4;
    }
    void fields(Fields& f) {
      RolloutParams::fields(f);
      f("normalize_advantages", normalize_advantages,
        "Whether advantages get mean 0 and deviation 1 over the rollout.");
      f("value_coefficient", value_coefficient, "Factor of half the squared value error.",
        at_least(0));
      f("entropy_coefficient", entropy_coefficient, "Factor of the entropy bonus (beta).",
        at_least(0));
      ActorCriticParams::fields(f);
    }
  };

  A2c(const Params& params, std::unique_ptr<StochasticPolicy> policy, const EnvSpec& /*spec*/,
      const Rng& rng)
      : p_(params), learner_(params, std::move(policy), rng), rollouts_(params) {}

  void iterate(Iteration& it) override {
    const SegmentBatch& batch = rollouts_.collect(it, policy());
    ValuedSteps steps = rollouts_.value(batch, learner_);
    if (p_.normalize_advantages) standardise(steps.advantages, steps.columns);

    // -mean_t A_t log pi(a_t | s_t) + c_v / 2 mean_t (R_t - V(s_t))^2 - beta mean_t H_t
    const double share = 1 / static_cast<double>(steps.columns.size());
    const auto loss = [&](LossPart& part) {
      for (Index i = 0; i < part.size(); ++i) {
        const Index t = part.columns[std::size_t(i)];
        part.log_prob_slope(i) = -share * steps.advantages(t);
        part.value_slope(i) = share * p_.value_coefficient * (part.values(i) - steps.targets(t));
      }
      if (p_.entropy_coefficient > 0)
        policy().head().add_entropy_gradient(part.distribution, -share * p_.entropy_coefficient,
                                             part.distribution_slope);
    };
    it.metrics["gradient_norm"] = learner_.descend(
        batch, steps.columns, loss, scheduled(p_.step_size_schedule, p_.step_size, it.progress));
    learner_.check_finite("a2c");
    it.metrics["explained_variance"] = explained_variance(steps.targets, steps.values);
    learner_.update_normalization(batch.observations);
  }

  [[nodiscard]] const StochasticPolicy& policy() const override { return learner_.policy(); }
  [[nodiscard]] const ActorCritic& learner() const { return learner_; }

  void state(Archive& archive) override {
    learner_.state(archive);
    rollouts_.state(archive);
  }

 private:
  Params p_;
  ActorCritic learner_;
  Rollouts rollouts_;
};

inline void register_a2c(Registry& registry) {
  registry.add(algorithm<A2c>("a2c", "Advantage actor-critic, synchronous", "Mnih et al. 2016",
                              "gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("a2c", "1.0.0", "algorithm:a2c", rlrun::algorithms::register_a2c)
