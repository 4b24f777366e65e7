// Twin delayed deep deterministic policy gradient.
//
//   S. Fujimoto, H. van Hoof, D. Meger, "Addressing Function Approximation Error in Actor-Critic
//   Methods", ICML 2018.
//
//   paper       here                    meaning
//   pi, phi     policy_, actor_         deterministic policy, its parameters, and its target
//   Q_i, th_i   critics_                two action values, their parameters, and their targets
//   d           policy_delay            updates of the critics for one of the actor and all targets
//   sigma~, c   target_noise, target_noise_clip   in half action ranges
//   sigma       exploration_noise       the same
//   B           replay_

#include <algorithm>
#include <array>
#include <cmath>

#include "rlrun/math/normals.hpp"
#include "rlrun/nn/learner.hpp"
#include "rlrun/nn/parts.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/plugin.hpp"
#include "rlrun/replay/replay_buffer.hpp"
#include "rlrun/replay/replay_params.hpp"

namespace rlrun::algorithms {

class Td3 final : public Algorithm {
 public:
  using PolicyType = DeterministicPolicy;

  struct Params {
    ReplayParams replay = {.random_steps = 25'000, .warmup_steps = 25'000};
    double discount = 0.99;
    double tau = 0.005;
    double actor_step_size = 3e-4;
    double critic_step_size = 3e-4;
    std::vector<std::int64_t> critic_hidden = {256, 256};
    std::string critic_activation = "relu";
    std::int64_t policy_delay = 2;
    double target_noise = 0.2;
    double target_noise_clip = 0.5;
    double exploration_noise = 0.1;

    void fields(Fields& f) {
      replay.fields(f);
      f("discount", discount, "Weight of a reward one step later (gamma).", between(0, 1));
      f("tau", tau, "Step of the target networks towards what they follow.",
        {.low = 0, .high = 1, .open_low = true});
      f("actor_step_size", actor_step_size, "Step size of the actor's Adam.", more_than(0));
      f("critic_step_size", critic_step_size, "Step size of the critics' Adam.", more_than(0));
      f("critic_hidden", critic_hidden, "Widths of the critics' hidden layers.", at_least(1));
      f("critic_activation", critic_activation, "Activation of the critics' hidden layers.",
        nn::activation_names());
      f("policy_delay", policy_delay, "Updates of the critics for one of actor and targets (d).",
        at_least(1));
      f("target_noise", target_noise,
        "Deviation of the noise on target actions, in half action ranges.", at_least(0));
      f("target_noise_clip", target_noise_clip, "Bound of that noise, in half action ranges (c).",
        at_least(0));
      f("exploration_noise", exploration_noise,
        "Deviation of the noise on executed actions, in half action ranges.", at_least(0));
    }
    void check() const { replay.check(); }
  };

  Td3(const Params& params, std::unique_ptr<DeterministicPolicy> policy, const EnvSpec& spec,
      Rng rng)
      : p_(params),
        policy_(std::move(policy)),
        box_(action_box(spec)),
        half_width_((box_.high - box_.low) / 2),
        critic_net_(critic_shape(params, spec)),
        actor_(policy_->network(), policy_->params(), nn::Learner::Target::kCopy),
        critics_{critic(rng.fork("critic").fork(0)), critic(rng.fork("critic").fork(1))},
        replay_(spec.obs_dim(), spec.action_dim(), p_.replay.replay_capacity),
        batch_(spec.obs_dim(), spec.action_dim(), p_.replay.batch_size),
        parts_(p_.replay.batch_size, kPartWidth),
        actor_pass_(policy_->network(), p_.replay.batch_size),
        value_pass_{nn::Pass(critic_net_, p_.replay.batch_size),
                    nn::Pass(critic_net_, p_.replay.batch_size)},
        target_pass_(critic_net_, p_.replay.batch_size),
        noise_(spec.action_dim(), p_.replay.batch_size),
        targets_(p_.replay.batch_size),
        errors_(2, p_.replay.batch_size),
        observation_(spec.obs_dim(), 1),
        action_(spec.action_dim(), 1) {}

  void iterate(Iteration& it) override {
    Walk& walk = it.sampler.walk();
    Rng action_rng = it.rng.fork("action"), batch_rng = it.rng.fork("minibatch");
    Rng noise_rng = it.rng.fork("noise");
    critic_loss_ = mean_value_ = 0;
    const std::int64_t updates_before = updates_;

    for (Index step = 0; step < p_.replay.steps_per_iteration; ++step) {
      observation_ = walk.observation();
      choose_action(action_rng);
      const Walk::Step result = walk.step(action_.col(0));
      ++steps_;
      if (!result.unstable)
        replay_.push(observation_.col(0), action_.col(0), static_cast<float>(result.reward),
                     walk.next_observation(),
                     result.terminated || (result.truncated && !p_.replay.bootstrap_at_time_limit));

      const Index due = p_.replay.updates_after(steps_, replay_.size());
      for (Index u = 0; u < due; ++u) {
        replay_.draw(batch_, batch_rng);
        update(noise_rng);
      }
      if (due > 0) policy_->set_params(actor_.params());
    }
    if (!actor_.params().allFinite() || !critics_[0].params().allFinite() ||
        !critics_[1].params().allFinite())
      throw TrialError("the networks of td3 are no longer finite; try smaller step sizes");

    it.metrics["replay_size"] = static_cast<double>(replay_.size());
    if (updates_ > updates_before) {
      it.metrics["critic_loss"] = critic_loss_ / static_cast<double>(updates_ - updates_before);
      it.metrics["mean_value"] = mean_value_ / static_cast<double>(updates_ - updates_before);
    }
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    actor_.state(archive);
    for (nn::Learner& critic : critics_) critic.state(archive);
    archive("steps", steps_);
    archive("updates", updates_);
    replay_.state(archive);
    if (archive.restoring()) policy_->set_params(actor_.params());
  }

  /// One update from a minibatch that the caller filled. No allocation.
  void update(Rng& noise_rng) {
    const bool delayed = ++updates_ % p_.policy_delay == 0;
    const double tau = delayed ? p_.tau : 0;
    fill_standard_normal(noise_rng, noise_.reshaped());
    parallel_for(parts_.count, [&](Index part) { evaluate(parts_.from(part), parts_.cols(part)); });
    nn::descend({{critics_[0], value_pass_[0]}, {critics_[1], value_pass_[1]}}, p_.critic_step_size,
                tau);
    critic_loss_ += errors_.squaredNorm() / static_cast<double>(p_.replay.batch_size);
    mean_value_ += targets_.mean();
    if (!delayed) return;
    parallel_for(parts_.count, [&](Index part) { improve(parts_.from(part), parts_.cols(part)); });
    nn::descend({{actor_, actor_pass_}}, p_.actor_step_size, tau);
  }

  [[nodiscard]] TransitionBatch& batch() { return batch_; }
  [[nodiscard]] const VectorF& targets() const { return targets_; }
  [[nodiscard]] const nn::Learner& actor() const { return actor_; }
  [[nodiscard]] const nn::Learner& critic(std::size_t i) const { return critics_[i]; }

 private:
  // Columns of a task: enough that reading the weights costs little, few enough for four threads.
  static constexpr Index kPartWidth = 64;

  static const Box& action_box(const EnvSpec& spec) {
    const Box* box = std::get_if<Box>(&spec.action);
    if (box == nullptr || !box->low.allFinite() || !box->high.allFinite())
      throw UserError(
          "td3 needs continuous actions between finite bounds, which this task has not");
    return *box;
  }

  static nn::MlpShape critic_shape(const Params& p, const EnvSpec& spec) {
    nn::MlpShape shape;
    shape.inputs = spec.obs_dim() + spec.action_dim();
    shape.hidden.assign(p.critic_hidden.begin(), p.critic_hidden.end());
    shape.outputs = 1;
    shape.hidden_activation = nn::activation_named(p.critic_activation);
    return shape;
  }

  nn::Learner critic(Rng rng) const {
    VectorF params(critic_net_.n_params());
    nn::init_fan_in_uniform(critic_net_, params, rng);
    return {critic_net_, params, nn::Learner::Target::kCopy};
  }

  // a = clip(pi(s) + noise), or any action at the start. What was executed is what is stored.
  void choose_action(Rng& rng) {
    const bool random = steps_ < p_.replay.random_steps;
    if (!random)
      policy_->act(ActMode::kExplore, observation_, memory_, {&rng, 1}, action_, workspace_);
    for (Index i = 0; i < action_.rows(); ++i) {
      const float low = box_.low(i), high = box_.high(i);
      const double noisy =
          random ? rng.uniform(low, high)
                 : double{action_(i, 0)} + p_.exploration_noise * half_width_(i) * rng.normal();
      action_(i, 0) = std::clamp(static_cast<float>(noisy), low, high);
    }
  }

  // Slopes of mean (Q_i(s, a) - y)^2 for both critics, with
  //   y = r + gamma (1 - terminated) min_i Q'_i(s', clip(pi'(s') + clip(noise, -c, c)))
  void evaluate(Index from, Index n) {
    const auto next_observations = batch_.next_observations.middleCols(from, n);
    actor_pass_.inputs(from, n) = next_observations;
    actor_.forward_target(actor_pass_, from, n);
    auto actions = noise_.middleCols(from, n).array();  // noise of its own for each sample
    const auto clip = static_cast<float>(p_.target_noise_clip);
    actions = (static_cast<float>(p_.target_noise) * actions).max(-clip).min(clip);
    actions.colwise() *= half_width_.array();
    actions += actor_pass_.outputs(from, n).array();
    for (Index i = 0; i < actions.rows(); ++i)
      actions.row(i) = actions.row(i).max(box_.low(i)).min(box_.high(i));

    target_pass_.inputs(from, n) << next_observations, actions.matrix();
    auto y = targets_.segment(from, n).array();
    critics_[0].forward_target(target_pass_, from, n);
    y = target_pass_.outputs(from, n).row(0).transpose().array();
    critics_[1].forward_target(target_pass_, from, n);
    y = y.min(target_pass_.outputs(from, n).row(0).transpose().array());
    y = batch_.rewards.segment(from, n).array() +
        static_cast<float>(p_.discount) * (1 - batch_.terminated.segment(from, n).array()) * y;

    for (std::size_t i = 0; i < 2; ++i) {
      nn::Pass& pass = value_pass_[i];
      pass.inputs(from, n) << batch_.observations.middleCols(from, n),
          batch_.actions.middleCols(from, n);
      critics_[i].forward(pass, from, n);
      auto error = errors_.row(static_cast<Index>(i)).segment(from, n);
      error = pass.outputs(from, n).row(0) - y.matrix().transpose();
      pass.output_gradients(from, n) = 2 / static_cast<float>(p_.replay.batch_size) * error;
      critics_[i].backward(pass, from, n, nn::Learner::Inputs::kSkip);
    }
  }

  // Slopes of -mean Q_1(s, pi(s)) for the actor, through the action.
  void improve(Index from, Index n) {
    actor_pass_.inputs(from, n) = batch_.observations.middleCols(from, n);
    actor_.forward(actor_pass_, from, n);
    nn::Pass& pass = value_pass_[0];  // the observations are there already
    pass.inputs(from, n).bottomRows(action_.rows()) = actor_pass_.outputs(from, n);
    critics_[0].forward(pass, from, n);
    pass.output_gradients(from, n).setConstant(-1 / static_cast<float>(p_.replay.batch_size));
    critics_[0].backward(pass, from, n, nn::Learner::Inputs::kWanted);
    actor_pass_.output_gradients(from, n) =
        pass.input_gradients(from, n).bottomRows(action_.rows());
    actor_.backward(actor_pass_, from, n, nn::Learner::Inputs::kSkip);
  }

  Params p_;
  std::unique_ptr<DeterministicPolicy> policy_;  // follows actor_
  Box box_;                                      // of the actions
  VectorF half_width_;
  nn::Mlp critic_net_;
  nn::Learner actor_;
  std::array<nn::Learner, 2> critics_;
  ReplayBuffer replay_;
  std::int64_t steps_ = 0, updates_ = 0;

  // Scratch of an update and of a step.
  TransitionBatch batch_;
  nn::Parts parts_;
  nn::Pass actor_pass_;
  std::array<nn::Pass, 2> value_pass_;
  nn::Pass target_pass_;
  MatrixF noise_;  // then the target actions
  VectorF targets_;
  MatrixF errors_;                // (2, batch_size)
  MatrixF observation_, action_;  // one column
  MatrixF memory_ = MatrixF(0, 1);
  Workspace workspace_;
  double critic_loss_ = 0, mean_value_ = 0;  // summed over the updates of an iteration
};

inline void register_td3(Registry& registry) {
  registry.add(algorithm<Td3>("td3", "Twin delayed deep deterministic policy gradient",
                              "Fujimoto et al. 2018", "deterministic_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("td3", "1.0.0", "algorithm:td3", rlrun::algorithms::register_td3)
