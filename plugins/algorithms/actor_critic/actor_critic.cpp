// One-step actor-critic, with eligibility traces if wanted.
//
//   R. S. Sutton and A. G. Barto, "Reinforcement Learning: An Introduction", 2nd edition, 2018,
//   section 13.5 (both boxes, episodic).
//
// Deviations:
//   - a step that runs out of time bootstraps with the value of its last state;
//   - the policy's network starts at its own initial weights, not at zero; the critic's output
//     layer starts at zero, so that it values every state at 0.
//
//   book       here                       meaning
//   delta      delta                      r + gamma v(s') - v(s)
//   z, z'      policy_trace_, value_trace_
//   I          discounting_               gamma^t
//   alpha      step_size, value_step_size

#include "rlrun/baselines/value_baseline.hpp"
#include "rlrun/normalization.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

class OneStepActorCritic final : public Algorithm {
 public:
  using PolicyType = StochasticPolicy;
  static constexpr bool kNormalizes = true;

  struct Params {
    std::int64_t steps_per_iteration = 1000;
    double step_size = 1e-3;
    double value_step_size = 1e-2;
    double discount = 0.99;
    double policy_trace = 0;
    double value_trace = 0;
    std::vector<std::int64_t> value_hidden = {};
    std::string value_activation = "tanh";

    [[nodiscard]] Pace pace() const { return {.steps_per_iteration = steps_per_iteration}; }

    void fields(Fields& f) {
      f("steps_per_iteration", steps_per_iteration, "Steps of the environment in an iteration.",
        at_least(1));
      f("step_size", step_size, "Step size of the policy (alpha).", at_least(0));
      f("value_step_size", value_step_size, "Step size of the value function.", at_least(0));
      f("discount", discount, "Weight of a reward one step later (gamma).", between(0, 1));
      f("policy_trace", policy_trace, "Decay of the policy's trace (lambda); 0 is one-step.",
        between(0, 1));
      f("value_trace", value_trace, "Decay of the value function's trace; 0 is one-step.",
        between(0, 1));
      f("value_hidden", value_hidden,
        "Widths of the value network's hidden layers; none: linear in the observation.",
        between(1, 100000));
      f("value_activation", value_activation, "Activation of the value network's hidden layers.",
        {"tanh", "relu"});
    }
  };

  OneStepActorCritic(const Params& params, std::unique_ptr<StochasticPolicy> policy,
                     const EnvSpec& spec, const Rng& rng)
      : p_(params),
        policy_(std::move(policy)),
        value_net_(nn::mlp_shape(policy_->input().size(), params.value_hidden, 1,
                                 params.value_activation)),
        normalization_(*policy_),
        theta_(policy_->params()),
        w_(initial_value_params(value_net_, rng.fork("value_network"))),
        policy_trace_(VectorF::Zero(theta_.size())),
        value_trace_(VectorF::Zero(w_.size())),
        observation_(spec.obs_dim(), 1),
        next_observation_(spec.obs_dim(), 1),
        action_(spec.action_dim(), 1) {
    value_net_.weights(w_, value_net_.n_layers() - 1).setZero();
  }

  void iterate(Iteration& it) override {
    Walk& walk = it.sampler.walk();
    Rng acting = it.rng.fork("policy");
    double squares = 0;
    const std::int64_t n_steps = it.steps_left.at_most(p_.steps_per_iteration);
    Moments seen(policy_->normalization_size() / 2);
    for (std::int64_t step = 0; step < n_steps; ++step) {
      if (walk.at_start()) {
        discounting_ = 1;
        policy_trace_.setZero();
        value_trace_.setZero();
      }
      observation_ = walk.observation();
      if (policy_->normalizes()) seen.add(observation_.col(0));
      policy_->act({ActMode::kExplore, observation_, no_memory_, std::span(&acting, 1)}, action_,
                   workspace_);
      const Step result = walk.step(action_.col(0));
      if (result.unstable) continue;
      next_observation_ = walk.next_observation();
      const double delta = learn(result.reward, result.terminated);
      squares += delta * delta;
    }
    if (!theta_.allFinite() || !w_.allFinite())
      throw TrialError(
          "the parameters of actor_critic are no longer finite; try smaller step sizes");
    normalization_.update(seen);
    theta_ = policy_->params();
    it.metrics["mean_squared_delta"] = squares / static_cast<double>(n_steps);
  }

  /// v(s) for each column.
  [[nodiscard]] MatrixF values(MatrixFIn observations) const {
    MatrixF values(1, observations.cols());
    Workspace workspace;
    value_net_.infer(w_, policy_->input().view(observations, workspace), MatrixF(), values,
                     workspace);
    return values;
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    archive("theta", theta_);
    archive("w", w_);
    archive("policy_trace", policy_trace_);
    archive("value_trace", value_trace_);
    archive("discounting", discounting_);
    normalization_.state(archive);
    if (archive.restoring()) policy_->set_params(theta_);
  }

 private:
  // One step of learning from s, a, r, s'; returns delta.
  double learn(double reward, bool terminated) {
    const double next_value = terminated ? 0 : value_of(next_observation_);
    const double value = value_of(observation_);
    const double delta = reward + p_.discount * next_value - value;

    // z <- gamma lambda z + grad v(s)
    value_trace_ *= static_cast<float>(p_.discount * p_.value_trace);
    value_net_.backward(w_, tape_, one_, value_trace_);
    // z' <- gamma lambda' z' + I grad log pi(a | s)
    policy_trace_ *= static_cast<float>(p_.discount * p_.policy_trace);
    weight_(0) = discounting_;
    policy_->add_gradient(
        observation_,
        [&](MatrixFIn distribution, MatrixFOut slope) {
          policy_->head().add_log_prob_gradient(distribution, action_, weight_, slope,
                                                scratch_.workspace);
        },
        policy_trace_, scratch_);

    w_ += static_cast<float>(p_.value_step_size * delta) * value_trace_;
    theta_ += static_cast<float>(p_.step_size * delta) * policy_trace_;
    policy_->set_params(theta_);
    discounting_ *= p_.discount;
    return delta;
  }

  // v(s), kept on the tape.
  double value_of(const MatrixF& observation) {
    const Workspace::Scope scope(workspace_);
    const auto seen = policy_->input().view(observation, workspace_);
    return double{value_net_.forward(w_, seen, none_, tape_)(0, 0)};
  }

  Params p_;
  std::unique_ptr<StochasticPolicy> policy_;
  nn::Mlp value_net_;
  Normalization normalization_;
  VectorF theta_, w_;  // of the policy and of the value function
  VectorF policy_trace_, value_trace_;
  double discounting_ = 1;

  // Scratch of a step.
  MatrixF observation_, next_observation_, action_;  // one column
  MatrixF no_memory_ = MatrixF(0, 1);
  MatrixF none_, one_ = MatrixF::Ones(1, 1);
  Vector weight_ = Vector::Ones(1);
  nn::Tape tape_;
  PassScratch scratch_;
  Workspace workspace_;
};

inline void register_actor_critic(Registry& registry) {
  registry.add(algorithm<OneStepActorCritic>("actor_critic", "One-step actor-critic, online",
                                             "Sutton and Barto 2018", "gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("actor_critic", "1.0.0", "algorithm:actor_critic",
             rlrun::algorithms::register_actor_critic)
