#include "rlrun/learners/actor_critic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rlrun/baselines/value_baseline.hpp"
#include "rlrun/error.hpp"
#include "rlrun/math/schedules.hpp"
#include "rlrun/math/segments.hpp"
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
  Part(Index obs_dim, Index action_dim, Index width)
      : observations(obs_dim, width),
        actions(action_dim, width),
        value_slopes(1, width),
        log_prob(width),
        values(width),
        log_prob_slope(width),
        value_slope(width) {}

  MatrixF observations, actions, value_slopes;
  Vector log_prob, values, log_prob_slope, value_slope;
  std::vector<Index> starts;            // of sequences, in this part
  MatrixF policy_memory, value_memory;  // before them
  std::unique_ptr<nn::Network::Tape> value_tape;
  PassScratch pass;
};

ActorCritic::ActorCritic(const ActorCriticParams& params, std::unique_ptr<StochasticPolicy> policy,
                         const Rng& rng)
    : policy_(std::move(policy)),
      value_net_(policy_->network_like(params.value_hidden, params.value_activation, 1)),
      params_(policy_->params().size() + value_net_->n_params()),
      optimiser_(params.optimiser, params_.size(), params.optimiser_epsilon),
      max_grad_norm_(params.max_grad_norm),
      normalization_(*policy_),
      sum_(params_.size()) {
  params_ << policy_->params(), initial_value_params(*value_net_, rng.fork("value_network"));
}

Vector ActorCritic::values_without_memory(MatrixFIn observations) const {
  MatrixF values(1, observations.cols());
  nn::outputs_in_parts(*value_net_, value_params(), policy_->input(), observations, values);
  return values.row(0).cast<double>();
}

ActorCritic::Values ActorCritic::values(const SegmentBatch& batch) {
  if (remembers()) {
    if (slot_memory_.cols() == 0) slot_memory_.setZero(value_net_->memory_size(), batch.slots);
    sequence_memory_ = memory_at_starts(batch, slot_memory_);
  }
  if (value_net_->memory_size() == 0)
    return {values_without_memory(batch.observations),
            values_without_memory(batch.bootstrap_observations)};

  const Index n = batch.observations.cols();
  const nn::Steps steps(batch.observations, batch.starts, sequence_memory_);
  const nn::Parts parts(steps, true);
  MatrixF values(1, n), bootstraps(1, static_cast<Index>(batch.bootstrap_columns.size()));
  MatrixF memory_after(value_net_->memory_size(), static_cast<Index>(batch.starts.size()));
  parallel_for(parts.count, [&](Index p) {
    const nn::StepsPart part(steps, parts, p);
    Workspace workspace;
    const auto tape = value_net_->tape();
    values.middleCols(parts.from(p), parts.cols(p)) =
        value_net_->forward(value_params(), part.seen_by(policy_->input(), workspace), *tape);
    const auto first = std::lower_bound(batch.starts.begin(), batch.starts.end(), parts.from(p));
    const auto after = value_net_->memory_after(*tape);
    memory_after.middleCols(first - batch.starts.begin(), after.cols()) = after;
  });

  // What follows the last step of a sequence, as far as a value is asked for.
  Index bootstrap = 0;
  const auto n_sequences = static_cast<Index>(batch.starts.size());
  Workspace workspace;
  for (Index s = 0; s < n_sequences; ++s) {
    const Index last = (s + 1 < n_sequences ? batch.starts[std::size_t(s + 1)] : n) - 1;
    const bool ended =
        batch.terminated[std::size_t(last)] != 0 || batch.truncated[std::size_t(last)] != 0;
    if ((last + 1) % batch.length == 0) {
      auto memory = slot_memory_.col(last / batch.length);
      if (ended)
        memory.setZero();
      else
        memory = memory_after.col(s);
    }
    if (bootstrap == bootstraps.cols() || batch.bootstrap_columns[std::size_t(bootstrap)] != last)
      continue;
    if (batch.unstable[std::size_t(last)] != 0) {
      bootstraps.col(bootstrap) = values.col(last);  // the observation before, which was seen
    } else {
      const Workspace::Scope scope(workspace);
      MatrixF memory = memory_after.col(s);
      value_net_->infer(
          value_params(),
          policy_->input().view(batch.bootstrap_observations.col(bootstrap), workspace), memory,
          bootstraps.col(bootstrap), workspace);
    }
    ++bootstrap;
  }
  return {values.row(0).cast<double>(), bootstraps.row(0).cast<double>()};
}

double ActorCritic::descend(const SegmentBatch& batch, std::span<const Index> columns,
                            const Loss& loss, double step_size) {
  const auto n = static_cast<Index>(columns.size());
  nn::Parts parts = parts_of(n);
  if (remembers()) {
    find_starts(batch, columns);
    parts = nn::Parts(minibatch_starts_, n, parts.width);
  }
  make_parts(parts, batch);
  parallel_for(parts.count, [&](Index p) { run_part(parts, p, batch, columns, loss); });

  sum_ = gradients_.col(0);
  for (Index p = 1; p < parts.count; ++p) sum_ += gradients_.col(p);
  const double norm = nn::clip_norm(sum_, max_grad_norm_);
  optimiser_.step(params_, sum_, step_size);
  policy_->set_params(params_.head(policy_->params().size()));
  return norm;
}

void ActorCritic::find_starts(const SegmentBatch& batch, std::span<const Index> columns) {
  minibatch_starts_.clear();
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (std::binary_search(batch.starts.begin(), batch.starts.end(), columns[i]))
      minibatch_starts_.push_back(static_cast<Index>(i));
  RLRUN_CHECK(!minibatch_starts_.empty() && minibatch_starts_.front() == 0);
}

// The sequences that begin in a part, and what is remembered there.
void ActorCritic::fill_sequences(Part& part, const SegmentBatch& batch, Index from,
                                 std::span<const Index> columns) const {
  const auto place = [&](Index i) {
    return std::lower_bound(minibatch_starts_.begin(), minibatch_starts_.end(), i);
  };
  const auto first = place(from), last = place(from + static_cast<Index>(columns.size()));
  part.starts.clear();
  part.policy_memory.resize(policy_->memory_size(), last - first);
  part.value_memory.resize(value_net_->memory_size(), last - first);
  for (auto start = first; start != last; ++start) {
    const Index column = columns[static_cast<std::size_t>(*start - from)];
    const Index sequence =
        std::lower_bound(batch.starts.begin(), batch.starts.end(), column) - batch.starts.begin();
    part.starts.push_back(*start - from);
    part.policy_memory.col(start - first) = batch.memory.col(sequence);
    part.value_memory.col(start - first) = sequence_memory_.col(sequence);
  }
}

void ActorCritic::make_parts(const nn::Parts& parts, const SegmentBatch& batch) {
  if (static_cast<Index>(parts_.size()) >= parts.count &&
      parts_.front()->observations.cols() >= parts.width)
    return;
  const Index width =
      parts_.empty() ? parts.width : std::max(parts.width, parts_.front()->observations.cols());
  const Index count = std::max(parts.count, static_cast<Index>(parts_.size()));
  parts_.clear();
  for (Index p = 0; p < count; ++p) {
    parts_.push_back(
        std::make_shared<Part>(batch.observations.rows(), batch.actions.rows(), width));
    parts_.back()->value_tape = value_net_->tape();
  }
  gradients_.resize(params_.size(), count);
}

void ActorCritic::run_part(const nn::Parts& parts, Index index, const SegmentBatch& batch,
                           std::span<const Index> minibatch, const Loss& loss) {
  const Index from = parts.from(index), n = parts.cols(index);
  const auto columns = minibatch.subspan(std::size_t(from), std::size_t(n));
  Part& part = *parts_[std::size_t(index)];
  auto gradient = gradients_.col(index);
  for (Index j = 0; j < n; ++j) {
    part.observations.col(j) = batch.observations.col(columns[std::size_t(j)]);
    part.actions.col(j) = batch.actions.col(columns[std::size_t(j)]);
  }
  if (remembers()) fill_sequences(part, batch, from, columns);
  const auto part_observations = part.observations.leftCols(n);
  const auto part_actions = part.actions.leftCols(n);
  gradient.setZero();

  {
    const Workspace::Scope scope(part.pass.workspace);
    const auto seen = policy_->input().view(part_observations, part.pass.workspace);
    part.values.head(n) =
        value_net_
            ->forward(value_params(), nn::Steps(seen, part.starts, part.value_memory),
                      *part.value_tape)
            .row(0)
            .cast<double>();
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
  policy_->add_gradient(nn::Steps(part_observations, part.starts, part.policy_memory), both_losses,
                        gradient.head(policy_->params().size()), part.pass);
  part.value_slopes.leftCols(n) = part.value_slope.head(n).transpose().cast<float>();
  Eigen::Map<MatrixF> none(nullptr, 0, 0);
  value_net_->backward(value_params(), *part.value_tape, part.value_slopes.leftCols(n),
                       gradient.tail(value_net_->n_params()), none);
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
  if (remembers()) archive("value_memory", slot_memory_);
}

}  // namespace rlrun
