#pragma once
// A policy and a value network that learn together from minibatches.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rlrun/archive.hpp"
#include "rlrun/env.hpp"
#include "rlrun/episode.hpp"
#include "rlrun/nn/network.hpp"
#include "rlrun/nn/optimiser.hpp"
#include "rlrun/nn/parts.hpp"
#include "rlrun/normalization.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// What the methods that use an ActorCritic declare in common.
struct RLRUN_API ActorCriticParams {
  std::vector<std::int64_t> value_hidden = {64, 64};
  std::string value_activation = "tanh";
  std::string optimiser = "adam";
  double optimiser_epsilon = 1e-5;
  double step_size = 3e-4;
  std::string step_size_schedule = "linear";
  double max_grad_norm = 0.5;

  void fields(Fields& f);
};

/// A part of a minibatch as a loss sees it: `n` columns.
struct LossPart {
  Index index;                     ///< Of the part, for sums that are put together in order.
  std::span<const Index> columns;  ///< (n) Which columns of the batch these are.
  MatrixFIn distribution;          ///< (distribution_size, n) of the policy now.
  VectorIn log_prob;               ///< (n) log pi(a | s) now.
  VectorIn values;                 ///< (n) V(s) now.
  // What the loss writes; zero before.
  VectorOut log_prob_slope;       ///< (n) dL / d log pi(a | s)
  VectorOut value_slope;          ///< (n) dL / dV(s)
  MatrixFOut distribution_slope;  ///< dL / d(distribution), beyond what log_prob_slope says.
  Workspace& workspace;

  [[nodiscard]] Index size() const { return log_prob.size(); }
};

/// A stochastic policy and a separate value network with one optimiser and one norm of the gradient
/// for both. The value network sees of an observation what the policy does, and is of its kind.
///
/// A minibatch is cut into parts of fixed width; a task takes its part through both networks and
/// back. Gradients of the parts are added in order, so that the threads change nothing but the
/// time.
class RLRUN_API ActorCritic {
 public:
  using Loss = FunctionRef<void(LossPart& part)>;

  ActorCritic(const ActorCriticParams& params, std::unique_ptr<StochasticPolicy> policy,
              const Rng& rng);

  [[nodiscard]] const StochasticPolicy& policy() const { return *policy_; }
  struct Values {
    Vector of_steps;       ///< V(s) for each column of `observations`.
    Vector of_bootstraps;  ///< For each of `bootstrap_observations`.
  };
  /// Once for each batch, in their order: a value network that remembers goes on from where the
  /// last batch ended. On all threads.
  [[nodiscard]] Values values(const SegmentBatch& batch);

  /// The most parts that a minibatch is cut into.
  [[nodiscard]] static Index most_parts() { return 16; }
  /// One step of descent on a loss of some columns of the batch that was valued last; whole stretches
  /// of them if the policy remembers (`Minibatches`). Returns the norm of the gradient before it was
  /// clipped. `loss` is called from several threads, once for each part. No allocation once a
  /// minibatch of the largest size has been seen.
  double descend(const SegmentBatch& batch, std::span<const Index> columns, const Loss& loss,
                 double step_size);
  /// The gradient of the last step as it was applied: policy, then value network.
  [[nodiscard]] const VectorF& gradient() const { return sum_; }
  [[nodiscard]] const VectorF& params() const { return params_; }

  /// Adds observations to the moments that the policy normalises with, if it does.
  void update_normalization(MatrixFIn observations);
  /// Throws TrialError if a parameter is not finite.
  void check_finite(const char* algorithm) const;
  void state(Archive& archive);

 private:
  struct Part;
  [[nodiscard]] bool remembers() const { return policy_->memory_size() > 0; }
  [[nodiscard]] Vector values_without_memory(MatrixFIn observations) const;
  void find_starts(const SegmentBatch& batch, std::span<const Index> columns);
  void fill_sequences(Part& part, const SegmentBatch& batch, Index from,
                      std::span<const Index> columns) const;
  void make_parts(const nn::Parts& parts, const SegmentBatch& batch);
  void run_part(const nn::Parts& parts, Index index, const SegmentBatch& batch,
                std::span<const Index> minibatch, const Loss& loss);
  [[nodiscard]] auto value_params() const { return params_.tail(value_net_->n_params()); }

  std::unique_ptr<StochasticPolicy> policy_;
  std::shared_ptr<const nn::Network> value_net_;
  VectorF params_;  // of the policy, then of the value network
  nn::Optimiser optimiser_;
  double max_grad_norm_;
  Normalization normalization_;

  // Of a value network that remembers: memory of each slot, and where the sequences of the last
  // batch begin.
  MatrixF slot_memory_, sequence_memory_;
  std::vector<Index> minibatch_starts_;  // places in the minibatch at which a sequence begins

  std::vector<std::shared_ptr<Part>> parts_;  // shared: the type is known to one file alone
  MatrixF gradients_;                         // (n_params, parts)
  VectorF sum_;
};

}  // namespace rlrun
