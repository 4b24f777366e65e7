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
#include <cmath>

#include "rlrun/learners/off_policy.hpp"
#include "rlrun/learners/twin_critics.hpp"
#include "rlrun/math/normals.hpp"
#include "rlrun/nn/learner.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/plugin.hpp"
#include "rlrun/replay/replay_buffer.hpp"

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
    [[nodiscard]] Pace pace() const { return replay.pace(); }
  };

  Td3(const Params& params, std::unique_ptr<DeterministicPolicy> policy, const EnvSpec& spec,
      Rng rng)
      : p_(params),
        policy_(std::move(policy)),
        box_(bounded_actions(spec, "td3")),
        half_width_((box_.high - box_.low) / 2),
        actor_(policy_->network(), policy_->params(), nn::Learner::Target::kCopy),
        critics_(policy_->input(), spec.action_dim(), p_.critic_hidden, p_.critic_activation,
                 p_.replay.batch_size, rng.fork("critic")),
        off_policy_(p_.replay, spec),
        batch_(off_policy_.batch()),
        actor_pass_(policy_->network(), p_.replay.batch_size),
        parts_(actor_pass_.parts()),
        noise_(spec.action_dim(), p_.replay.batch_size),
        targets_(p_.replay.batch_size),
        no_memory_(0, p_.replay.n_envs) {}

  void iterate(Iteration& it) override {
    Rng batch_rng = it.rng.fork("minibatch"), noise_rng = it.rng.fork("noise");
    critic_loss_ = mean_value_ = 0;
    const std::int64_t updates_before = updates_;
    off_policy_.walk(
        it, [&](const ActRound& round) { choose_actions(round); },
        [&](Index n_updates) {
          for (Index u = 0; u < n_updates; ++u) {
            off_policy_.draw(batch_rng);
            update(noise_rng);
          }
          policy_->set_params(actor_.params());
        });
    if (!actor_.params().allFinite() || !critics_.all_finite())
      throw TrialError("the networks of td3 are no longer finite; try smaller step sizes");

    it.metrics["replay_size"] = static_cast<double>(off_policy_.replay().size());
    it.metrics["updates"] = static_cast<double>(updates_ - updates_before);
    if (updates_ > updates_before) {
      it.metrics["critic_loss"] = critic_loss_ / static_cast<double>(updates_ - updates_before);
      it.metrics["mean_value"] = mean_value_ / static_cast<double>(updates_ - updates_before);
    }
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    actor_.state(archive);
    critics_.state(archive);
    archive("updates", updates_);
    off_policy_.state(archive);
    if (archive.restoring()) policy_->set_params(actor_.params());
  }

  /// One update from a minibatch that the caller filled. No allocation.
  void update(Rng& noise_rng) {
    const bool delayed = ++updates_ % p_.policy_delay == 0;
    const double tau = delayed ? p_.tau : 0;
    fill_standard_normal(noise_rng, noise_.reshaped());
    parallel_for(parts_.count,
                 [&](Index part) { critic_slopes(parts_.from(part), parts_.cols(part)); });
    critics_.descend(p_.critic_step_size, tau);
    critic_loss_ += critics_.loss();
    mean_value_ += targets_.mean();
    if (!delayed) return;
    parallel_for(parts_.count,
                 [&](Index part) { actor_slopes(parts_.from(part), parts_.cols(part)); });
    nn::descend({{actor_, actor_pass_}}, p_.actor_step_size, tau);
  }

  [[nodiscard]] TransitionBatch& batch() { return batch_; }
  [[nodiscard]] const VectorF& targets() const { return targets_; }
  [[nodiscard]] const nn::Learner& actor() const { return actor_; }
  [[nodiscard]] const nn::Learner& critic(std::size_t i) const { return critics_[i]; }

 private:
  // a = clip(pi(s) + noise), or any action at the start. What was executed is what is stored.
  void choose_actions(const ActRound& round) {
    const Index n = round.actions.cols(), chosen = n - round.n_random;
    MatrixFOut actions = round.actions;
    if (chosen > 0)
      policy_->act({ActMode::kExplore, round.observations.rightCols(chosen),
                    no_memory_.leftCols(chosen), round.streams.last(std::size_t(chosen))},
                   actions.rightCols(chosen), workspace_);
    for (Index j = 0; j < n; ++j) {
      Rng& rng = round.streams[std::size_t(j)];
      for (Index i = 0; i < actions.rows(); ++i) {
        const float low = box_.low(i), high = box_.high(i);
        const double noisy =
            j < round.n_random
                ? rng.uniform(low, high)
                : double{actions(i, j)} + p_.exploration_noise * half_width_(i) * rng.normal();
        actions(i, j) = std::clamp(static_cast<float>(noisy), low, high);
      }
    }
    MatrixFOut(round.stored) = actions;
  }

  // Slopes of mean (Q_i(s, a) - y)^2 for both critics, with
  //   y = r + gamma (1 - terminated) min_i Q'_i(s', clip(pi'(s') + clip(noise, -c, c)))
  void critic_slopes(Index from, Index n) {
    policy_->input().apply(batch_.next_observations.middleCols(from, n),
                           actor_pass_.inputs(from, n));
    actor_.forward_target(actor_pass_, from, n);
    auto actions = noise_.middleCols(from, n).array();  // noise of its own for each sample
    const auto clip = static_cast<float>(p_.target_noise_clip);
    actions = (static_cast<float>(p_.target_noise) * actions).max(-clip).min(clip);
    actions.colwise() *= half_width_.array();
    actions += actor_pass_.outputs(from, n).array();
    for (Index i = 0; i < actions.rows(); ++i)
      actions.row(i) = actions.row(i).max(box_.low(i)).min(box_.high(i));

    auto y = targets_.segment(from, n);
    critics_.target_minimum(batch_, actions.matrix(), from, n, y);
    y = batch_.rewards.segment(from, n).array() +
        static_cast<float>(p_.discount) * (1 - batch_.terminated.segment(from, n).array()) *
            y.array();

    critics_.regress(batch_, y, from, n);
  }

  // Slopes of -mean Q_1(s, pi(s)) for the actor, through the action.
  void actor_slopes(Index from, Index n) {
    policy_->input().apply(batch_.observations.middleCols(from, n), actor_pass_.inputs(from, n));
    actor_.forward(actor_pass_, from, n);
    critics_.values(0, actor_pass_.outputs(from, n), from, n);
    critics_.value_gradients(0, from, n).setConstant(-1 / static_cast<float>(p_.replay.batch_size));
    actor_pass_.output_gradients(from, n) = critics_.action_gradients(0, from, n);
    actor_.backward(actor_pass_, from, n, nn::Learner::Inputs::kSkip);
  }

  Params p_;
  std::unique_ptr<DeterministicPolicy> policy_;  // follows actor_
  Box box_;                                      // of the actions
  VectorF half_width_;
  nn::Learner actor_;
  TwinCritics critics_;
  OffPolicy off_policy_;
  std::int64_t updates_ = 0;

  // Scratch of an update and of a step.
  TransitionBatch& batch_;  // of off_policy_
  nn::Pass actor_pass_;
  nn::Parts parts_;
  MatrixF noise_;  // then the target actions
  VectorF targets_;
  MatrixF no_memory_;
  Workspace workspace_;
  double critic_loss_ = 0, mean_value_ = 0;  // summed over the updates of an iteration
};

inline void register_td3(Registry& registry) {
  registry.add(algorithm<Td3>("td3", "Twin delayed deep deterministic policy gradient",
                              "Fujimoto et al. 2018", "deterministic_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("td3", "1.0.0", "algorithm:td3", rlrun::algorithms::register_td3)
