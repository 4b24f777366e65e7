// Deep deterministic policy gradient.
//
//   T. P. Lillicrap et al., "Continuous Control with Deep Reinforcement Learning", ICLR 2016,
//   as used by Y. Duan et al., "Benchmarking Deep Reinforcement Learning for Continuous Control",
//   ICML 2016.
//
// As in the code of Duan et al.:
//   - nothing is learned until `warmup_steps` transitions are stored; until then, too, the noisy
//     policy acts;
//   - rewards are scaled before they are stored;
//   - the transition on which the time limit cuts an episode is not stored, unless
//     `store_time_limit_transitions` is set; then the value of its last state is bootstrapped.
//   - the critic's weights do not decay by default; Lillicrap et al. used 1e-2.
// Left out: batch normalisation.
//
//   paper      here                 meaning
//   mu, theta  actor_net_, actor_   policy and its parameters
//   Q, phi     critic_net_, critic_ action value and its parameters
//   mu', Q'    actor_target_, critic_target_
//   tau        tau                  step of the targets towards what they follow
//   R, N       replay_, batch_size
//   y          targets_             r + gamma (1 - terminated) Q'(s', mu'(s'))
//   N_t        OuNoise              Ornstein-Uhlenbeck noise, in units of half the action range

#include <algorithm>
#include <cmath>

#include "rlrun/learners/off_policy.hpp"
#include "rlrun/nn/adam.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/plugin.hpp"
#include "rlrun/replay/replay_buffer.hpp"

namespace rlrun::algorithms {

/// x += -theta x + sigma N(0, 1), started at 0 with each episode; a column for each environment.
struct OuNoise {
  double theta, sigma;
  Matrix x;

  void reset(Index column) { x.col(column).setZero(); }
  void step(Index column, Rng& rng) {
    for (double& value : x.col(column)) value += -theta * value + sigma * rng.normal();
  }
};

/// target += tau (online - target)
inline void polyak(VectorF& target, const VectorF& online, double tau) {
  target += static_cast<float>(tau) * (online - target);
}

class Ddpg final : public Algorithm {
 public:
  using PolicyType = DeterministicPolicy;

  struct Params {
    std::int64_t n_envs = 1;
    std::int64_t steps_per_iteration = 1000;
    std::int64_t warmup_steps = 10'000;
    std::int64_t updates_per_step = 1;
    std::int64_t batch_size = 64;
    std::int64_t replay_capacity = 1'000'000;
    double discount = 0.99;
    double tau = 1e-3;
    double actor_step_size = 1e-4;
    double critic_step_size = 1e-3;
    double critic_weight_decay = 0;
    std::vector<std::int64_t> critic_hidden = {400, 300};
    std::string critic_activation = "relu";
    double reward_scale = 0.1;
    double noise_theta = 0.15;
    double noise_sigma = 0.2;
    bool store_time_limit_transitions = false;

    void fields(Fields& f) {
      f("n_envs", n_envs, "Environments that are stepped side by side.", at_least(1));
      f("steps_per_iteration", steps_per_iteration, "Steps of all environments in an iteration.",
        at_least(1));
      f("warmup_steps", warmup_steps, "Stored transitions from which on there are updates.",
        at_least(1));
      f("updates_per_step", updates_per_step, "Updates after each step.", at_least(1));
      f("batch_size", batch_size, "Transitions of an update (N).", at_least(1));
      f("replay_capacity", replay_capacity, "Transitions that are kept (R).", at_least(1));
      f("discount", discount, "Weight of a reward one step later (gamma).", between(0, 1));
      f("tau", tau, "Step of the target networks towards what they follow.",
        {.low = 0, .high = 1, .open_low = true});
      f("actor_step_size", actor_step_size, "Step size of the actor's Adam.", more_than(0));
      f("critic_step_size", critic_step_size, "Step size of the critic's Adam.", more_than(0));
      f("critic_weight_decay", critic_weight_decay,
        "Factor c of the critic's penalty c/2 |W|^2, biases exempt.", at_least(0));
      f("critic_hidden", critic_hidden,
        "Widths of the critic's hidden layers; the action joins at the second layer.", at_least(1));
      f("critic_activation", critic_activation, "Activation of the critic's hidden layers.",
        nn::activation_names());
      f("reward_scale", reward_scale, "Factor on the rewards that are learned from.", more_than(0));
      f("noise_theta", noise_theta, "Pull of the exploration noise towards zero.", between(0, 1));
      f("noise_sigma", noise_sigma, "Scale of the noise's steps, in half action ranges.",
        at_least(0));
      f("store_time_limit_transitions", store_time_limit_transitions,
        "Whether the transition that runs out of time is learned from.");
    }
    void check() const {
      if (critic_hidden.empty())
        throw UserError(
            "critic_hidden = [] has no layer; the action joins at the second layer, so "
            "at least one hidden layer is needed");
      check_warmup(warmup_steps, replay_capacity);
    }
    [[nodiscard]] Pace pace() const {
      return {.steps_per_iteration = steps_per_iteration, .steps_before_learning = warmup_steps};
    }
  };

  Ddpg(const Params& params, std::unique_ptr<DeterministicPolicy> policy, const EnvSpec& spec,
       Rng rng)
      : p_(params),
        policy_(std::move(policy)),
        actor_net_(policy_->network()),
        critic_net_(critic_shape(params, policy_->input().size(), spec.action_dim())),
        actor_(policy_->params()),
        actor_target_(actor_),
        critic_(critic_net_.n_params()),
        actor_gradient_(actor_.size()),
        critic_gradient_(critic_.size()),
        actor_optimiser_(actor_.size()),
        critic_optimiser_(critic_.size()),
        noise_{p_.noise_theta, p_.noise_sigma, Matrix::Zero(spec.action_dim(), p_.n_envs)},
        replay_(spec.obs_dim(), spec.action_dim(), p_.replay_capacity),
        batch_(spec.obs_dim(), spec.action_dim(), p_.batch_size),
        value_gradient_(1, p_.batch_size),
        action_gradient_(spec.action_dim(), p_.batch_size),
        box_(bounded_actions(spec, "ddpg")),
        actions_now_(spec.action_dim(), p_.n_envs),
        observations_(spec.obs_dim(), p_.n_envs) {
    nn::init_fan_in_uniform(critic_net_, critic_, rng.fork("critic"));
    nn::init_output_uniform(critic_net_, critic_, rng.fork("critic_output"), 3e-3F);
    critic_target_ = critic_;
  }

  void iterate(Iteration& it) override {
    Walks& walks = it.sampler.walks(p_.n_envs);
    Rng batch_rng = it.rng.fork("minibatch");
    std::vector<Rng> noise_rngs(1, it.rng.fork("noise"));
    for (Index i = 1; i < p_.n_envs; ++i)
      noise_rngs.push_back(noise_rngs.front().fork(static_cast<std::uint64_t>(i)));
    critic_loss_ = mean_value_ = 0;
    Index updates = 0;

    Index left = it.steps_left.at_most(p_.steps_per_iteration);
    for (Index n = 0; left > 0; left -= n) {
      n = std::min<Index>(left, p_.n_envs);
      for (Index i = 0; i < n; ++i)
        if (walks.at_start(i)) noise_.reset(i);
      observations_ = walks.observations();
      choose_actions(n, noise_rngs);
      const std::span<const Step> steps = walks.step(actions_now_.leftCols(n));
      for (Index i = 0; i < n; ++i) {
        const Step& step = steps[static_cast<std::size_t>(i)];
        if (!step.unstable && (!step.truncated || p_.store_time_limit_transitions))
          replay_.push(observations_.col(i), actions_now_.col(i),
                       static_cast<float>(p_.reward_scale * step.reward),
                       walks.next_observations().col(i), step.terminated);
      }

      if (replay_.size() < p_.warmup_steps) continue;
      for (Index u = 0; u < n * p_.updates_per_step; ++u, ++updates) {
        replay_.draw(batch_, batch_rng);
        update();
      }
    }
    if (!actor_.allFinite() || !critic_.allFinite())
      throw TrialError("the networks of ddpg are no longer finite; try smaller step sizes");
    policy_->set_params(actor_);

    it.metrics["replay_size"] = static_cast<double>(replay_.size());
    it.metrics["updates"] = static_cast<double>(updates);
    if (updates > 0) {
      it.metrics["critic_loss"] = critic_loss_ / static_cast<double>(updates);
      it.metrics["mean_value"] = mean_value_ / static_cast<double>(updates);
    }
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    archive("actor", actor_);
    archive("critic", critic_);
    archive("actor_target", actor_target_);
    archive("critic_target", critic_target_);
    actor_optimiser_.state(archive);
    critic_optimiser_.state(archive);
    archive("noise", noise_.x);
    replay_.state(archive);
    if (archive.restoring()) policy_->set_params(actor_);
  }

  /// One update from a minibatch that the caller filled. No allocation.
  void update() {
    // Neither half waits for the other.
    parallel_for(2, [&](Index half) { half == 0 ? compute_targets() : compute_outputs(); });
    step_critic();
    step_actor();
    polyak(critic_target_, critic_, p_.tau);
    polyak(actor_target_, actor_, p_.tau);
  }
  [[nodiscard]] TransitionBatch& batch() { return batch_; }
  [[nodiscard]] const nn::Mlp& critic_network() const { return critic_net_; }

 private:
  static nn::MlpShape critic_shape(const Params& p, Index inputs, Index action_dim) {
    nn::MlpShape shape = nn::mlp_shape(inputs, p.critic_hidden, 1, p.critic_activation);
    shape.late_inputs = action_dim;
    return shape;
  }

  // a = clip(mu(s) + noise). What was executed is what is stored.
  void choose_actions(Index n, std::vector<Rng>& rngs) {
    const Workspace::Scope scope(workspace_);
    auto actions = actions_now_.leftCols(n);
    actor_net_.infer(actor_, policy_->input().view(observations_.leftCols(n), workspace_), none_,
                     actions, workspace_);
    for (Index j = 0; j < n; ++j) {
      noise_.step(j, rngs[static_cast<std::size_t>(j)]);
      for (Index i = 0; i < actions.rows(); ++i) {
        const float low = box_.low(i), high = box_.high(i);
        const float noisy = actions(i, j) + (high - low) / 2 * static_cast<float>(noise_.x(i, j));
        actions(i, j) = std::clamp(noisy, low, high);
      }
    }
  }

  // y_i = r_i + gamma (1 - terminated_i) Q'(s'_i, mu'(s'_i))
  void compute_targets() {
    const Workspace::Scope scope(target_workspace_);
    const auto seen = policy_->input().view(batch_.next_observations, target_workspace_);
    const auto actions = actor_net_.forward(actor_target_, seen, none_, target_actor_tape_);
    const auto values = critic_net_.forward(critic_target_, seen, actions, target_critic_tape_);
    const auto discount = static_cast<float>(p_.discount);
    targets_ = batch_.rewards.transpose().array() +
               discount * (1 - batch_.terminated.transpose().array()) * values.array();
  }

  // Q(s_i, a_i) and mu(s_i)
  void compute_outputs() {
    const Workspace::Scope scope(workspace_);
    const auto seen = policy_->input().view(batch_.observations, workspace_);
    values_ = critic_net_.forward(critic_, seen, batch_.actions, critic_tape_);
    actions_ = actor_net_.forward(actor_, seen, none_, actor_tape_);
  }

  // One step down mean_i (y_i - Q(s_i, a_i))^2
  void step_critic() {
    value_gradient_ = values_ - targets_;
    critic_loss_ += value_gradient_.squaredNorm() / static_cast<double>(p_.batch_size);
    mean_value_ += values_.mean();
    value_gradient_ *= 2 / static_cast<float>(p_.batch_size);

    critic_gradient_.setZero();
    critic_net_.backward(critic_, critic_tape_, value_gradient_, critic_gradient_);
    for (Index layer = 0; layer < critic_net_.n_layers(); ++layer)
      critic_net_.weights(critic_gradient_, layer) +=
          static_cast<float>(p_.critic_weight_decay) * critic_net_.weights(critic_, layer);
    critic_optimiser_.step(critic_, critic_gradient_, p_.critic_step_size);
  }

  // One step up mean_i Q(s_i, mu(s_i)), through the action: grad mu(s) * dQ/da
  void step_actor() {
    const Workspace::Scope scope(workspace_);
    critic_net_.forward(critic_, policy_->input().view(batch_.observations, workspace_), actions_,
                        critic_tape_);
    value_gradient_.setConstant(-1 / static_cast<float>(p_.batch_size));
    critic_net_.backward(critic_, critic_tape_, value_gradient_, no_gradient_, none_,
                         action_gradient_);
    actor_gradient_.setZero();
    actor_net_.backward(actor_, actor_tape_, action_gradient_, actor_gradient_);
    actor_optimiser_.step(actor_, actor_gradient_, p_.actor_step_size);
  }

  Params p_;
  std::unique_ptr<DeterministicPolicy> policy_;  // follows actor_ after each iteration
  const nn::Mlp& actor_net_;                     // of policy_
  nn::Mlp critic_net_;
  VectorF actor_, actor_target_, critic_, critic_target_;
  VectorF actor_gradient_, critic_gradient_;
  nn::Adam actor_optimiser_, critic_optimiser_;
  OuNoise noise_;
  ReplayBuffer replay_;

  // Scratch of an update and of a step.
  TransitionBatch batch_;
  nn::Tape actor_tape_, critic_tape_, target_actor_tape_, target_critic_tape_;
  MatrixF targets_, values_, actions_;  // (1, N), (1, N), (action_dim, N)
  VectorF no_gradient_;                 // empty: not wanted
  MatrixF none_;                        // empty: no such input, or its gradient not wanted
  MatrixF value_gradient_, action_gradient_;
  Box box_;                             // of the actions
  MatrixF actions_now_, observations_;  // a column for each environment
  Workspace workspace_, target_workspace_;
  double critic_loss_ = 0, mean_value_ = 0;  // summed over the updates of an iteration
};

inline void register_ddpg(Registry& registry) {
  registry.add(algorithm<Ddpg>("ddpg", "Deep deterministic policy gradient",
                               "Lillicrap et al. 2016; Duan et al. 2016", "deterministic_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("ddpg", "1.0.0", "algorithm:ddpg", rlrun::algorithms::register_ddpg)
