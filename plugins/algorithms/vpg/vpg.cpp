// Policy gradient with generalised advantage estimation and a value network.
//
//   J. Schulman et al., "High-Dimensional Continuous Control Using Generalized Advantage
//   Estimation", ICLR 2016, with one Adam step for the policy in each iteration, as in the "vanilla
//   policy gradient" of J. Achiam, "Spinning Up in Deep RL", 2018.
//
// Deviations:
//   - batches hold whole episodes and not a fixed number of steps;
//   - the value function is fitted by steps of Adam and not within a trust region.
//
//   paper        here           meaning
//   gamma        discount
//   lambda       gae_lambda
//   V_phi        value_         fitted to discounted returns, after the advantages were computed
//   A_t          advantages     standardised over the batch

#include "rlrun/baselines/value_baseline.hpp"
#include "rlrun/learners/samples.hpp"
#include "rlrun/nn/adam.hpp"
#include "rlrun/normalization.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

class Vpg final : public Algorithm {
 public:
  using PolicyType = StochasticPolicy;
  static constexpr bool kNormalizes = true;
  static constexpr bool kTrainsMemory = true;

  struct Params : SampleParams, ValueBaselineParams {
    std::int64_t batch_steps = 4000;
    double step_size = 3e-4;

    Params() {
      gae_lambda = 0.97;
      bootstrap_at_time_limit = true;
    }
    void fields(Fields& f) {
      f("batch_steps", batch_steps, "Steps of an iteration, rounded up to whole episodes.",
        at_least(1));
      f("step_size", step_size, "Step size of the policy's Adam.", more_than(0));
      SampleParams::fields(f);
      ValueBaselineParams::fields(f);
    }
    [[nodiscard]] Pace pace() const { return {.steps_per_iteration = batch_steps}; }
  };

  Vpg(const Params& params, std::unique_ptr<StochasticPolicy> policy, const EnvSpec& /*spec*/,
      const Rng& rng)
      : p_(params),
        policy_(std::move(policy)),
        optimiser_(policy_->params().size()),
        value_(params, *policy_, rng),
        normalization_(*policy_) {}

  void iterate(Iteration& it) override {
    const Batch batch = it.sampler.collect(*policy_, p_.batch_steps);
    const Samples samples = flatten(batch, value_, p_);

    // grad J = mean_t A_t grad log pi(a_t | s_t)
    const Vector weights = samples.advantages / static_cast<double>(samples.size());
    const VectorF gradient = policy_->grad_log_prob(samples.steps(), samples.actions, weights);
    VectorF params = policy_->params();
    optimiser_.step(params, -gradient, p_.step_size);  // Adam descends
    policy_->set_params(params);

    // Only now: a value function that has seen these returns would shrink their advantages.
    value_.fit(batch, samples.returns);

    normalization_.update(samples.observations);
    it.metrics["gradient_norm"] = gradient.norm();
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
    value_.state(archive);
    normalization_.state(archive);
  }

 private:
  Params p_;
  std::unique_ptr<StochasticPolicy> policy_;
  nn::Adam optimiser_;
  ValueBaseline value_;
  Normalization normalization_;
};

inline void register_vpg(Registry& registry) {
  registry.add(algorithm<Vpg>("vpg", "Policy gradient with a value network and GAE",
                              "Schulman et al. 2016; Achiam 2018", "gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("vpg", "1.0.0", "algorithm:vpg", rlrun::algorithms::register_vpg)
