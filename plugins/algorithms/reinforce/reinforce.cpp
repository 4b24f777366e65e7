// REINFORCE with a baseline.
//
//   R. J. Williams, "Simple Statistical Gradient-Following Algorithms for Connectionist
//   Reinforcement Learning", Machine Learning 8, 1992,
//   in the form of Y. Duan et al., "Benchmarking Deep Reinforcement Learning for Continuous
//   Control", ICML 2016.
//
// As in the code of Duan et al., and unlike Williams:
//   - the ascent is one Adam step on the whole batch in each iteration (their text says a plain
//     step);
//   - the gradient is a mean over steps, and the factor gamma^t of an episodic objective is left
//     out;
//   - advantages are standardised over the batch;
//   - the value at the time limit counts as zero, unless `bootstrap_at_time_limit` is set;
//   - the baseline predicts with the coefficients fitted to the previous batch.
//
//   paper      here         meaning
//   alpha      step_size    step size of the ascent
//   gamma      discount     discount
//   b(s)       baseline_    linear in features of the observation and the time
//   R_t - b    advantages   standardised

#include <algorithm>

#include "rlrun/baselines/linear_feature.hpp"
#include "rlrun/learners/samples.hpp"
#include "rlrun/nn/adam.hpp"
#include "rlrun/normalization.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

class Reinforce final : public Algorithm {
 public:
  using PolicyType = StochasticPolicy;
  static constexpr bool kNormalizes = true;
  static constexpr bool kTrainsMemory = true;

  struct Params : SampleParams {
    std::int64_t batch_steps = 50'000;
    double step_size = 5e-3;

    void fields(Fields& f) {
      f("batch_steps", batch_steps, "Steps of an iteration, rounded up to whole episodes.",
        at_least(1));
      f("step_size", step_size, "Step size of Adam (alpha).", more_than(0));
      SampleParams::fields(f);
    }
    [[nodiscard]] Pace pace() const { return {.steps_per_iteration = batch_steps}; }
  };

  Reinforce(const Params& params, std::unique_ptr<StochasticPolicy> policy, const EnvSpec& /*spec*/,
            Rng /*rng*/)
      : p_(params),
        policy_(std::move(policy)),
        optimiser_(policy_->params().size()),
        baseline_(policy_->input().one_hot()),
        normalization_(*policy_) {}

  void iterate(Iteration& it) override {
    const Batch batch = it.sampler.collect(*policy_, p_.batch_steps);
    const Samples samples = flatten(batch, baseline_, p_);

    // grad J = E[ sum_t grad log pi(a_t | s_t) (R_t - b(s_t)) ], here as a mean over steps
    const Vector weights = samples.advantages / static_cast<double>(samples.size());
    const VectorF gradient = policy_->grad_log_prob(samples.steps(), samples.actions, weights);

    VectorF params = policy_->params();
    optimiser_.step(params, -gradient, p_.step_size);  // Adam descends
    policy_->set_params(params);

    baseline_.fit(batch, samples.returns);
    normalization_.update(samples.observations);

    it.metrics["gradient_norm"] = gradient.norm();
    // Some of the steps will do for a diagnostic.
    const Index some = std::min<Index>(samples.size(), 1000);
    it.metrics["entropy"] =
        policy_->head().mean_entropy(policy_->distribution(samples.first_steps(some)));
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    VectorF params = policy_->params();
    archive("policy", params);
    if (archive.restoring()) policy_->set_params(params);
    optimiser_.state(archive);
    baseline_.state(archive);
    normalization_.state(archive);
  }

 private:
  Params p_;
  std::unique_ptr<StochasticPolicy> policy_;
  nn::Adam optimiser_;
  LinearFeatureBaseline baseline_;
  Normalization normalization_;
};

inline void register_reinforce(Registry& registry) {
  registry.add(algorithm<Reinforce>("reinforce", "Policy gradient with a baseline",
                                    "Williams 1992; Duan et al. 2016", "gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("reinforce", "1.0.0", "algorithm:reinforce", rlrun::algorithms::register_reinforce)
