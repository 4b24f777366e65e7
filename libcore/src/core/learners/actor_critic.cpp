#include "rlrun/learners/actor_critic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rlrun/baselines/value_baseline.hpp"
#include "rlrun/error.hpp"
#include "rlrun/math/schedules.hpp"
#include "rlrun/nn/parts.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {
namespace {

// Columns of a part: wide enough that packing the weights costs little beside the products.
constexpr Index kPartWidth = 32;

// A function of the minibatch alone.
nn::Parts parts_of(Index cols) {
  const Index most = ActorCritic::most_parts();
  return {cols, std::max(kPartWidth, (cols + most - 1) / most)};
}

}  // namespace

void ActorCriticParams::fields(Fields& f) {
  f("value_hidden", value_hidden, "Widths of the value network's hidden layers.",
    between(1, 100000));
  f("value_activation", value_activation, "Activation of the value network's hidden layers.",
    {"tanh", "relu"});
  f("optimiser", optimiser, "Rule of the gradient steps.", nn::Optimiser::names());
  f("optimiser_epsilon", optimiser_epsilon, "Small number in the optimiser's quotient.",
    more_than(0));
  f("step_size", step_size, "Step size of the optimiser at the start.", more_than(0));
  f("step_size_schedule", step_size_schedule, "Course of the step size; linear goes to 0.",
    schedule_names());
  f("max_grad_norm", max_grad_norm,
    "Norm of both networks' gradient together that longer ones are scaled to; 0: none.",
    at_least(0));
}

// Scratch of one part.
struct ActorCritic::Part {
  MatrixF observations, actions;  // columns of the minibatch
  MatrixF value_slopes;           // (1, n)
  Vector log_prob, values, log_prob_slope, value_slope;
  nn::Tape value_tape;
  PassScratch pass;

  Part(Index obs_dim, Index action_dim, Index width)
      : observations(obs_dim, width),
        actions(action_dim, width),
        value_slopes(1, width),
        log_prob(width),
        values(width),
        log_prob_slope(width),
        value_slope(width) {}
};

ActorCritic::ActorCritic(const ActorCriticParams& params, std::unique_ptr<StochasticPolicy> policy,
                         const Rng& rng)
    : policy_(std::move(policy)),
      value_net_(
          nn::mlp_shape(policy_->input().size(), params.value_hidden, 1, params.value_activation)),
      params_(policy_->params().size() + value_net_.n_params()),
      optimiser_(params.optimiser, params_.size(), params.optimiser_epsilon),
      max_grad_norm_(params.max_grad_norm),
      normalization_(*policy_),
      sum_(params_.size()) {
  params_ << policy_->params(), initial_value_params(value_net_, rng.fork("value_network"));
}

Vector ActorCritic::values(MatrixFIn observations) const {
  const nn::Parts parts(observations.cols());
  const MatrixF no_late;
  MatrixF values(1, observations.cols());
  parallel_for(parts.count, [&](Index part) {
    const Index from = parts.from(part), cols = parts.cols(part);
    Workspace workspace;
    value_net_.infer(value_params(),
                     policy_->input().view(observations.middleCols(from, cols), workspace), no_late,
                     values.middleCols(from, cols), workspace);
  });
  return values.row(0).cast<double>();
}

double ActorCritic::descend(MatrixFIn observations, MatrixFIn actions,
                            std::span<const Index> columns, const Loss& loss, double step_size) {
  const nn::Parts parts = parts_of(static_cast<Index>(columns.size()));
  if (static_cast<Index>(parts_.size()) < parts.count ||
      parts_.front()->observations.cols() < parts.width) {
    parts_.clear();
    for (Index p = 0; p < parts.count; ++p)
      parts_.push_back(std::make_shared<Part>(observations.rows(), actions.rows(), parts.width));
    gradients_.resize(params_.size(), parts.count);
  }
  parallel_for(parts.count, [&](Index p) {
    run_part(*parts_[std::size_t(p)], observations, actions,
             columns.subspan(std::size_t(parts.from(p)), std::size_t(parts.cols(p))), p, loss,
             gradients_.col(p));
  });

  sum_ = gradients_.col(0);
  for (Index p = 1; p < parts.count; ++p) sum_ += gradients_.col(p);
  const double norm = nn::clip_norm(sum_, max_grad_norm_);
  optimiser_.step(params_, sum_, step_size);
  policy_->set_params(params_.head(policy_->params().size()));
  return norm;
}

void ActorCritic::run_part(Part& part, MatrixFIn observations, MatrixFIn actions,
                           std::span<const Index> columns, Index index, const Loss& loss,
                           VectorFOut gradient) const {
  const auto n = static_cast<Index>(columns.size());
  for (Index j = 0; j < n; ++j) {
    part.observations.col(j) = observations.col(columns[std::size_t(j)]);
    part.actions.col(j) = actions.col(columns[std::size_t(j)]);
  }
  const auto part_observations = part.observations.leftCols(n);
  const auto part_actions = part.actions.leftCols(n);
  gradient.setZero();

  const MatrixF no_late;
  {
    const Workspace::Scope scope(part.pass.workspace);
    const auto seen = policy_->input().view(part_observations, part.pass.workspace);
    part.values.head(n) =
        value_net_.forward(value_params(), seen, no_late, part.value_tape).row(0).cast<double>();
  }
  const auto both_losses = [&](MatrixFIn distribution, MatrixFOut slope) {
    Workspace& workspace = part.pass.workspace;
    policy_->head().write_log_prob(distribution, part_actions, part.log_prob.head(n), workspace);
    part.log_prob_slope.head(n).setZero();
    part.value_slope.head(n).setZero();
    LossPart seen{index,
                  columns,
                  distribution,
                  part.log_prob.head(n),
                  part.values.head(n),
                  part.log_prob_slope.head(n),
                  part.value_slope.head(n),
                  slope,
                  workspace};
    loss(seen);
    policy_->head().add_log_prob_gradient(distribution, part_actions, part.log_prob_slope.head(n),
                                          slope, workspace);
  };
  policy_->add_gradient(part_observations, both_losses, gradient.head(policy_->params().size()),
                        part.pass);
  part.value_slopes.leftCols(n) = part.value_slope.head(n).transpose().cast<float>();
  value_net_.backward(value_params(), part.value_tape, part.value_slopes.leftCols(n),
                      gradient.tail(value_net_.n_params()));
}

void ActorCritic::update_normalization(MatrixFIn observations) {
  if (!policy_->normalizes()) return;
  normalization_.update(observations);
  params_.head(policy_->params().size()) = policy_->params();
}

void ActorCritic::check_finite(const char* algorithm) const {
  if (!params_.allFinite())
    throw TrialError(std::string("the networks of ") + algorithm +
                     " are no longer finite; try a smaller step_size");
}

void ActorCritic::state(Archive& archive) {
  archive("policy_and_value", params_);
  if (archive.restoring()) policy_->set_params(params_.head(policy_->params().size()));
  optimiser_.state(archive);
  normalization_.state(archive);
}

}  // namespace rlrun
