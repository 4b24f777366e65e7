// Soft actor-critic with a learned temperature.
//
//   T. Haarnoja et al., "Soft Actor-Critic Algorithms and Applications", arXiv 1812.05905, 2018.
//
// Within an update, in this order: critics, actor, temperature, targets. The values of the targets
// and the loss of the actor use the temperature from before its step.
//
//   paper       here                    meaning
//   pi, phi     policy_, actor_         squashed Gaussian policy and its parameters
//   Q_i, th_i   critics_                two action values, their parameters, and their targets
//   alpha       temperature             exp(log_temperature_)
//   H           target_entropy_per_action times the number of entries of an action
//   D, B        replay_, batch_         actions are stored as y in [-1, 1]
//   tau, gamma  tau, discount

#include <cmath>

#include "rlrun/learners/off_policy.hpp"
#include "rlrun/learners/twin_critics.hpp"
#include "rlrun/math/normals.hpp"
#include "rlrun/nn/adam.hpp"
#include "rlrun/nn/learner.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/plugin.hpp"
#include "rlrun/policies/squashed_gaussian_mlp.hpp"
#include "rlrun/replay/replay_buffer.hpp"

namespace rlrun::algorithms {

class Sac final : public Algorithm {
 public:
  using PolicyType = SquashedGaussianMlp;

  struct Params {
    ReplayParams replay;
    double discount = 0.99;
    double tau = 0.005;
    double actor_step_size = 3e-4;
    double critic_step_size = 3e-4;
    std::vector<std::int64_t> critic_hidden = {256, 256};
    std::string critic_activation = "relu";
    double initial_temperature = 1;
    bool learn_temperature = true;
    double temperature_step_size = 3e-4;
    double target_entropy_per_action = -1;

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
      f("initial_temperature", initial_temperature, "Weight of the entropy at the start (alpha).",
        more_than(0));
      f("learn_temperature", learn_temperature,
        "Whether the temperature follows the entropy, or stays.");
      f("temperature_step_size", temperature_step_size,
        "Step size of the Adam of the temperature's logarithm.", more_than(0));
      f("target_entropy_per_action", target_entropy_per_action,
        "Entropy that the temperature aims at, for each entry of an action in [-1, 1].");
    }
    void check() const { replay.check(); }
    [[nodiscard]] Pace pace() const { return replay.pace(); }
  };

  Sac(const Params& params, std::unique_ptr<SquashedGaussianMlp> policy, const EnvSpec& spec,
      Rng rng)
      : p_(params),
        policy_(std::move(policy)),
        gaussian_(policy_->distribution()),
        actor_(policy_->network(), policy_->params(), nn::Learner::Target::kNone),
        critics_(policy_->input(), spec.action_dim(), p_.critic_hidden, p_.critic_activation,
                 p_.replay.batch_size, rng.fork("critic")),
        log_temperature_(
            VectorF::Constant(1, std::log(static_cast<float>(p_.initial_temperature)))),
        temperature_optimiser_(1),
        off_policy_(p_.replay, spec),
        batch_(off_policy_.batch()),
        actor_pass_(policy_->network(), p_.replay.batch_size),
        parts_(actor_pass_.parts()),
        next_(spec.action_dim(), p_.replay.batch_size),
        now_(spec.action_dim(), p_.replay.batch_size),
        targets_(p_.replay.batch_size),
        action_gradient_(spec.action_dim(), p_.replay.batch_size),
        no_memory_(0, p_.replay.n_envs) {}

  void iterate(Iteration& it) override {
    Rng batch_rng = it.rng.fork("minibatch"), noise_rng = it.rng.fork("noise");
    critic_loss_ = mean_value_ = entropy_ = 0;
    Index updates = 0;
    off_policy_.walk(
        it, [&](const ActRound& round) { choose_actions(round); },
        [&](Index n_updates) {
          for (Index u = 0; u < n_updates; ++u, ++updates) {
            off_policy_.draw(batch_rng);
            update(noise_rng);
          }
          policy_->set_params(actor_.params());
        });
    if (!actor_.params().allFinite() || !critics_.all_finite() || !log_temperature_.allFinite())
      throw TrialError("the networks of sac are no longer finite; try smaller step sizes");

    it.metrics["replay_size"] = static_cast<double>(off_policy_.replay().size());
    it.metrics["updates"] = static_cast<double>(updates);
    it.metrics["temperature"] = temperature();
    if (updates > 0) {
      it.metrics["critic_loss"] = critic_loss_ / static_cast<double>(updates);
      it.metrics["mean_value"] = mean_value_ / static_cast<double>(updates);
      it.metrics["entropy"] = entropy_ / static_cast<double>(updates);
    }
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    actor_.state(archive);
    critics_.state(archive);
    archive("log_temperature", log_temperature_);
    temperature_optimiser_.state(archive);
    off_policy_.state(archive);
    if (archive.restoring()) policy_->set_params(actor_.params());
  }

  /// One update from a minibatch that the caller filled. No allocation.
  void update(Rng& noise_rng) {
    fill_standard_normal(noise_rng, next_.noise.reshaped());
    fill_standard_normal(noise_rng, now_.noise.reshaped());
    parallel_for(parts_.count,
                 [&](Index part) { critic_slopes(parts_.from(part), parts_.cols(part)); });
    critics_.descend(p_.critic_step_size, p_.tau);
    parallel_for(parts_.count,
                 [&](Index part) { actor_slopes(parts_.from(part), parts_.cols(part)); });
    nn::descend({{actor_, actor_pass_}}, p_.actor_step_size);

    const double entropy = -now_.log_prob.cast<double>().mean();
    critic_loss_ += critics_.loss();
    mean_value_ += targets_.mean();
    entropy_ += entropy;
    if (p_.learn_temperature) step_temperature(entropy);
  }

  [[nodiscard]] float temperature() const { return std::exp(log_temperature_(0)); }
  [[nodiscard]] TransitionBatch& batch() { return batch_; }

 private:
  // a ~ pi(. | s), or any action at the start. Stored are actions as the critics see them.
  void choose_actions(const ActRound& round) {
    const Index n = round.actions.cols(), chosen = n - round.n_random;
    MatrixFOut actions = round.actions, stored = round.stored;
    if (chosen > 0)
      policy_->act({ActMode::kExplore, round.observations.rightCols(chosen),
                    no_memory_.leftCols(chosen), round.streams.last(std::size_t(chosen))},
                   actions.rightCols(chosen), workspace_);
    for (Index j = 0; j < n; ++j)
      for (Index i = 0; i < actions.rows(); ++i) {
        if (j < round.n_random)
          actions(i, j) = policy_->denormalised(
              i, static_cast<float>(round.streams[std::size_t(j)].uniform(-1, 1)));
        stored(i, j) = policy_->normalised(i, actions(i, j));
      }
  }

  // Slopes of mean (Q_i(s, a) - y)^2 for both critics, with
  //   y = r + gamma (1 - terminated) (min_i Q'_i(s', a') - alpha log pi(a' | s')),  a' ~ pi(. | s')
  void critic_slopes(Index from, Index n) {
    policy_->input().apply(batch_.next_observations.middleCols(from, n),
                           actor_pass_.inputs(from, n));
    actor_.forward(actor_pass_, from, n);
    gaussian_.draw(actor_pass_.outputs(from, n), from, next_);

    auto y = targets_.segment(from, n);
    critics_.target_minimum(batch_, next_.actions.middleCols(from, n), from, n, y);
    y = batch_.rewards.segment(from, n).array() +
        static_cast<float>(p_.discount) * (1 - batch_.terminated.segment(from, n).array()) *
            (y.array() - temperature() * next_.log_prob.segment(from, n).array());

    critics_.regress(batch_, y, from, n);
  }

  // Slopes of mean (alpha log pi(a | s) - min_i Q_i(s, a)) for the actor, a ~ pi(. | s), through
  // the action. The critics are only passed through.
  void actor_slopes(Index from, Index n) {
    policy_->input().apply(batch_.observations.middleCols(from, n), actor_pass_.inputs(from, n));
    actor_.forward(actor_pass_, from, n);
    gaussian_.draw(actor_pass_.outputs(from, n), from, now_);

    const auto actions = now_.actions.middleCols(from, n);
    const auto q0 = critics_.values(0, actions, from, n), q1 = critics_.values(1, actions, from, n);
    auto slope0 = critics_.value_gradients(0, from, n),
         slope1 = critics_.value_gradients(1, from, n);
    const float weight = 1 / static_cast<float>(p_.replay.batch_size);
    for (Index j = 0; j < n; ++j) {  // the smaller one has the slope
      const bool first = q0(0, j) <= q1(0, j);
      slope0(0, j) = first ? -weight : 0;
      slope1(0, j) = first ? 0 : -weight;
    }
    auto action_gradient = action_gradient_.middleCols(from, n);
    action_gradient = critics_.action_gradients(0, from, n) + critics_.action_gradients(1, from, n);
    gaussian_.backward(now_, from, weight * temperature(), action_gradient,
                       actor_pass_.output_gradients(from, n));
    actor_.backward(actor_pass_, from, n, nn::Learner::Inputs::kSkip);
  }

  // One step down log alpha * (entropy - target entropy): too little entropy raises alpha.
  void step_temperature(double entropy) {
    const double target = p_.target_entropy_per_action * static_cast<double>(gaussian_.dim());
    temperature_gradient_(0) = static_cast<float>(entropy - target);
    temperature_optimiser_.step(log_temperature_, temperature_gradient_, p_.temperature_step_size);
  }

  Params p_;
  std::unique_ptr<SquashedGaussianMlp> policy_;  // follows actor_
  const SquashedGaussian gaussian_;              // of policy_
  nn::Learner actor_;
  TwinCritics critics_;
  VectorF log_temperature_;
  nn::Adam temperature_optimiser_;
  OffPolicy off_policy_;

  // Scratch of an update and of a step.
  TransitionBatch& batch_;  // of off_policy_
  nn::Pass actor_pass_;
  nn::Parts parts_;
  SquashedGaussian::Sample next_, now_;  // a' at s', a at s
  VectorF targets_;
  MatrixF action_gradient_;
  VectorF temperature_gradient_ = VectorF::Zero(1);
  MatrixF no_memory_;
  Workspace workspace_;
  double critic_loss_ = 0, mean_value_ = 0, entropy_ = 0;  // summed over an iteration's updates
};

inline void register_sac(Registry& registry) {
  registry.add(algorithm<Sac>("sac", "Soft actor-critic with a learned temperature",
                              "Haarnoja et al. 2018", "squashed_gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("sac", "1.0.0", "algorithm:sac", rlrun::algorithms::register_sac)
