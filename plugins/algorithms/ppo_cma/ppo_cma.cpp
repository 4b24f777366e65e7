// PPO-CMA: proximal policy optimisation with covariance matrix adaptation.
//
//   P. Hamalainen, A. Babadi, X. Ma and J. Lehtinen, "PPO-CMA: Proximal Policy Optimization with
//   Covariance Matrix Adaptation", MLSP 2020, arXiv:1810.02541.
//
// No clipped objective and no entropy bonus: like CMA-ES, it fits the variance around the old mean
// to the good actions of several iterations before it moves the mean, so that exploration grows
// along a slope and shrinks at an optimum.
//
// Deviations:
//   - the output layers start where the authors' pretraining leads (the middle of the box, half its
//     width as deviation), so that nothing is pretrained;
//   - the value after the last step of an episode counts as zero, like in the critic's targets; the
//     authors' code takes the critic's word for it, also after a termination;
//   - bounds are kept by a tanh instead of a sigmoid, which is the same up to a factor of 2 inside.
//
//   paper     here             meaning
//   N         batch_steps      steps of an iteration
//   H         history          iterations that the variance is fitted to
//   K, M      minibatches, minibatch_size
//   A         advantages       divided by their deviation, their mean kept
//   mu, c     mean_, variance_ networks of the policy; c in logarithms

#include <algorithm>
#include <cmath>
#include <deque>

#include "rlrun/baselines/value_baseline.hpp"
#include "rlrun/learners/fit_minibatches.hpp"
#include "rlrun/learners/samples.hpp"
#include "rlrun/math/returns.hpp"
#include "rlrun/plugin.hpp"
#include "rlrun/policies/bounded_gaussian_mlp.hpp"

namespace rlrun::algorithms {

/// d log N(a; m, v) / d log v and / d m, for one entry of an action.
inline float log_variance_slope(float a, float m, float log_v) {
  return ((a - m) * (a - m) * std::exp(-log_v) - 1) / 2;
}
inline float mean_slope(float a, float m, float log_v) {
  return (a - m) * std::exp(-log_v);
}

/// Writes where a step with this advantage pulls the mean, and returns how strongly: towards a good
/// action, and away from a bad one to its mirror image about the old mean, as far as that is
/// likely.
inline float pull(VectorFIn action, VectorFIn mean, VectorFIn log_variance, float advantage,
                  bool mirror, VectorFOut target) {
  target = action;
  if (advantage >= 0 || !mirror) return std::max(advantage, 0.0F);
  target = 2 * mean - action;
  const auto squares = (action - mean).array().square() * (-log_variance.array()).exp();
  return -advantage * (-squares / 2).exp().mean();
}

class PpoCma final : public Algorithm {
 public:
  using PolicyType = BoundedGaussianMlp;
  static constexpr bool kNormalizes = true;

  struct Params {
    std::int64_t batch_steps = 8000;
    std::int64_t history = 9;
    std::int64_t minibatches = 100;
    std::int64_t minibatch_size = 512;
    double step_size = 5e-4;
    double discount = 0.99;
    double gae_lambda = 0.95;
    bool mirror_negative_advantages = true;
    std::vector<std::int64_t> value_hidden = {128, 128};
    std::string value_activation = "leaky_relu";

    void fields(Fields& f) {
      f("batch_steps", batch_steps, "Least number of steps of an iteration (N).", at_least(1));
      f("history", history, "Iterations whose actions the variance is fitted to (H).", at_least(1));
      f("minibatches", minibatches, "Gradient steps of each network in an iteration (K).",
        at_least(1));
      f("minibatch_size", minibatch_size, "Steps drawn for a gradient step (M).", at_least(1));
      f("step_size", step_size, "Step size of Adam, for each network.", more_than(0));
      f("discount", discount, "Weight of a reward one step later (gamma).", between(0, 1));
      f("gae_lambda", gae_lambda, "Weight of longer returns in the advantage (lambda).",
        between(0, 1));
      f("mirror_negative_advantages", mirror_negative_advantages,
        "Whether actions with negative advantages pull the mean to their mirror images; else they "
        "are left out.");
      f("value_hidden", value_hidden, "Widths of the critic's hidden layers.", between(1, 100000));
      f("value_activation", value_activation, "Activation of the critic's hidden layers.",
        {"leaky_relu", "tanh", "relu"});
    }
    [[nodiscard]] Pace pace() const { return {.steps_per_iteration = batch_steps}; }
  };

  PpoCma(const Params& params, std::unique_ptr<BoundedGaussianMlp> policy, const EnvSpec& spec,
         const Rng& rng)
      : p_(params),
        policy_(std::move(policy)),
        // The critic sees the time in the episode, too.
        critic_net_(nn::mlp_shape(policy_->input().size() + 1, params.value_hidden, 1,
                                  params.value_activation)),
        critic_(critic_net_, initial_critic(critic_net_, rng.fork("critic")),
                nn::Learner::Target::kNone),
        mean_(policy_->mean_network(), policy_->mean_params(), nn::Learner::Target::kNone),
        variance_(policy_->log_variance_network(), policy_->log_variance_params(),
                  nn::Learner::Target::kNone),
        critic_pass_(critic_net_, params.minibatch_size),
        mean_pass_(policy_->mean_network(), params.minibatch_size),
        variance_pass_(policy_->log_variance_network(), params.minibatch_size),
        mean_square_(Vector::Zero(spec.obs_dim())),
        scale_(VectorF::Ones(spec.obs_dim())) {}

  void iterate(Iteration& it) override {
    const Batch batch = it.sampler.collect(*policy_, p_.batch_steps);
    if (n_steps(batch) == 0) throw TrialError("ppo_cma: the iteration's episodes have no steps");
    history_.push_front(side_by_side(batch));
    if (static_cast<std::int64_t>(history_.size()) > p_.history) history_.pop_back();
    shrink_scale(history_.front().observations);

    history_.front().advantages = learn_values(batch, it.rng.fork("critic"), it.metrics);
    adapt_variance(it.rng.fork("variance"));
    it.metrics["std"] = move_mean(history_.front(), it.rng.fork("mean"));

    if (!critic_.params().allFinite() || !policy_->params().allFinite())
      throw TrialError("the networks of ppo_cma are no longer finite; try a smaller step_size");
  }

  [[nodiscard]] const BoundedGaussianMlp& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    critic_.state(archive);
    mean_.state(archive);
    variance_.state(archive);
    archive("mean_square", mean_square_);
    archive("batches", batches_);
    archive("scale", scale_);
    auto n = static_cast<std::int64_t>(history_.size());
    archive("history", n);
    history_.resize(static_cast<std::size_t>(n));
    for (Steps& steps : history_) {
      archive("observations", steps.observations);
      archive("actions", steps.actions);
      archive("advantages", steps.advantages);
    }
    if (!archive.restoring()) return;
    set_scale();
    policy_->set_networks(mean_.params(), variance_.params());
  }

 private:
  // What an iteration leaves to later ones; observations as the task gave them.
  struct Steps {
    MatrixF observations, actions;
    VectorF advantages;
  };

  static VectorF initial_critic(const nn::Mlp& network, const Rng& rng) {
    VectorF params(network.n_params());
    nn::init_unit_rows(network, params, rng);
    return params;
  }

  static Steps side_by_side(const Batch& batch) {
    const Episode& first = batch.front();
    Steps steps{MatrixF(first.observations.rows(), n_steps(batch)),
                MatrixF(first.actions.rows(), n_steps(batch)),
                {}};
    Index from = 0;
    for (const Episode& episode : batch) {
      steps.observations.middleCols(from, episode.length()) = episode.states();
      steps.actions.middleCols(from, episode.length()) = episode.actions;
      from += episode.length();
    }
    return steps;
  }

  // Brings observations to about half a unit; iterations count the same, and no scale ever grows.
  void shrink_scale(const MatrixF& observations) {
    ++batches_;
    const Vector squares = observations.cast<double>().rowwise().squaredNorm() /
                           static_cast<double>(observations.cols());
    mean_square_ += (squares - mean_square_) / static_cast<double>(batches_);
    const VectorF wanted = (2 * mean_square_.array().sqrt() + 1e-3).inverse().cast<float>();
    scale_ = scale_.cwiseMin(wanted);
    set_scale();
  }

  void set_scale() {
    if (policy_->normalizes()) policy_->set_normalization(VectorF::Zero(scale_.size()), scale_);
  }

  // What the networks see.
  [[nodiscard]] MatrixF seen(const MatrixF& observations) const {
    MatrixF result(policy_->input().size(), observations.cols());
    policy_->input().apply(observations, result);
    return result;
  }

  // What the critic thinks of the state in which the simulation broke down; 0 for other ends.
  [[nodiscard]] double value_after(const Episode& episode) const {
    if (!episode.unstable) return 0;
    const Index size = policy_->input().size();
    MatrixF input(size + 1, 1);
    input.topRows(size) = seen(episode.final_state());
    input(size, 0) = 1e-3F * static_cast<float>(episode.length());
    return double{nn::outputs_of(critic_, input)(0, 0)};
  }

  // Fits the critic to the discounted returns by the absolute error, and returns the advantages.
  VectorF learn_values(const Batch& batch, const Rng& rng, Metrics& metrics) {
    const Index size = policy_->input().size(), n = n_steps(batch);
    MatrixF inputs(size + 1, n);
    inputs.topRows(size) = seen(history_.front().observations);
    Vector returns(n);
    Index from = 0;
    for (const Episode& episode : batch) {
      returns.segment(from, episode.length()) =
          discounted_returns(episode.rewards, p_.discount, value_after(episode));
      for (Index t = 0; t < episode.length(); ++t)
        inputs(size, from + t) = 1e-3F * static_cast<float>(t);
      from += episode.length();
    }
    nn::fit_minibatches(
        critic_, critic_pass_, inputs, p_.minibatches, p_.step_size, rng,
        [&](Rng& stream) { return stream.below(n); },
        [&](Index t, VectorFIn value, VectorFOut slope) {
          slope(0) = double{value(0)} > returns(t) ? 1.0F : -1.0F;
        });

    const Vector values = nn::outputs_of(critic_, inputs).row(0).transpose().cast<double>();
    Vector advantages(n);
    from = 0;
    for (const Episode& episode : batch) {
      Vector of_episode(episode.length() + 1);
      of_episode(episode.length()) = value_after(episode);
      of_episode.head(episode.length()) = values.segment(from, episode.length());
      advantages.segment(from, episode.length()) =
          gae(episode.rewards, of_episode, p_.discount, p_.gae_lambda);
      from += episode.length();
    }
    metrics["explained_variance"] = explained_variance(returns, values);
    if (!p_.mirror_negative_advantages) advantages = advantages.cwiseMax(0);
    const double deviation =
        std::sqrt((advantages.array() - advantages.mean()).square().mean()) + 1e-10;
    return (advantages / deviation).cast<float>();
  }

  // max_c E[ max(A, 0) log N(a; mu_old(s), c(s)) ] over the history, its iterations equally likely.
  void adapt_variance(const Rng& rng) {
    Index n = 0;
    std::vector<Index> starts;
    for (const Steps& steps : history_) {
      starts.push_back(n);
      n += steps.actions.cols();
    }
    MatrixF states(policy_->input().size(), n), actions(history_.front().actions.rows(), n);
    VectorF weights(n);
    for (std::size_t h = 0; h < history_.size(); ++h) {
      const Steps& steps = history_[h];
      states.middleCols(starts[h], steps.actions.cols()) = seen(steps.observations);
      actions.middleCols(starts[h], steps.actions.cols()) = steps.actions;
      weights.segment(starts[h], steps.actions.cols()) = steps.advantages.cwiseMax(0);
    }
    const MatrixF means = nn::outputs_of(mean_, states);
    const auto draw = [&](Rng& stream) {
      const auto h = static_cast<std::size_t>(stream.below(static_cast<Index>(history_.size())));
      return starts[h] + stream.below(history_[h].actions.cols());
    };
    nn::fit_minibatches(variance_, variance_pass_, states, p_.minibatches, p_.step_size, rng, draw,
                        [&](Index t, VectorFIn log_variance, VectorFOut slope) {
                          for (Index i = 0; i < slope.size(); ++i)
                            slope(i) = -weights(t) * log_variance_slope(actions(i, t), means(i, t),
                                                                        log_variance(i));
                        });
  }

  // max_mu E[ w log N(a'; mu(s), c(s)) ] over the newest iteration, where w and a' are what the
  // advantage makes of the action. Returns the mean standard deviation.
  double move_mean(const Steps& steps, const Rng& rng) {
    const Index n = steps.actions.cols();
    const MatrixF states = seen(steps.observations);
    const MatrixF means = nn::outputs_of(mean_, states),
                  log_variances = nn::outputs_of(variance_, states);
    MatrixF targets(steps.actions.rows(), n);
    VectorF weights(n);
    for (Index t = 0; t < n; ++t)
      weights(t) = pull(steps.actions.col(t), means.col(t), log_variances.col(t),
                        steps.advantages(t), p_.mirror_negative_advantages, targets.col(t));
    nn::fit_minibatches(
        mean_, mean_pass_, states, p_.minibatches, p_.step_size, rng,
        [&](Rng& stream) { return stream.below(n); },
        [&](Index t, VectorFIn mean, VectorFOut slope) {
          for (Index i = 0; i < slope.size(); ++i)
            slope(i) = -weights(t) * mean_slope(targets(i, t), mean(i), log_variances(i, t));
        });
    policy_->set_networks(mean_.params(), variance_.params());
    return (log_variances.cast<double>().array() / 2).exp().mean();
  }

  Params p_;
  std::unique_ptr<BoundedGaussianMlp> policy_;
  nn::Mlp critic_net_;
  nn::Learner critic_, mean_, variance_;
  nn::Pass critic_pass_, mean_pass_, variance_pass_;

  std::deque<Steps> history_;  // the newest first
  Vector mean_square_;         // of each observation entry, over iterations
  std::int64_t batches_ = 0;
  VectorF scale_;
};

inline void register_ppo_cma(Registry& registry) {
  registry.add(algorithm<PpoCma>("ppo_cma", "Policy optimisation with covariance matrix adaptation",
                                 "Hamalainen et al. 2020", "bounded_gaussian_mlp"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("ppo_cma", "1.0.0", "algorithm:ppo_cma", rlrun::algorithms::register_ppo_cma)
