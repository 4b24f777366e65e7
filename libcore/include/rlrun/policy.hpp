#pragma once
// Policies: what maps observations to actions.

#include <memory>
#include <span>

#include "rlrun/env.hpp"
#include "rlrun/function_ref.hpp"
#include "rlrun/nn/mlp.hpp"
#include "rlrun/nn/observation_input.hpp"
#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"
#include "rlrun/workspace.hpp"

namespace rlrun {

/// How to choose an action: as in training, or without exploration (the mean, the argmax).
enum class ActMode { kExplore, kGreedy };

/// A parameterised controller. `const` means thread-safe: one policy serves every rollout thread.
class RLRUN_API Policy {
 public:
  static constexpr const char* kKind = "policy";

  virtual ~Policy();
  [[nodiscard]] virtual std::unique_ptr<Policy> clone() const = 0;
  [[nodiscard]] virtual const VectorF& params() const = 0;
  virtual void set_params(VectorFIn params) = 0;

  /// Memory that a recurrent policy keeps for each running episode; 0 for the others. The memory
  /// is zero at the start of an episode.
  [[nodiscard]] virtual Index memory_size() const { return 0; }

  /// Writes one action for each column. `memory` is (memory_size, n) and updated in place; one
  /// stream for each column. Scratch comes from `workspace`, so that acting allocates nothing.
  ///
  /// To the bit, a column's result follows from its own observation, memory and stream: which
  /// episodes share a call depends on how fast the threads are. (Mlp::infer is made so; a product
  /// by Eigen is not.)
  virtual void act(ActMode mode, MatrixFIn observations, MatrixFOut memory, std::span<Rng> streams,
                   MatrixFOut actions, Workspace& workspace) const = 0;

  // Observation normalisation. Where the policy has it, everything it does begins with
  // clip((o - shift) * scale, +-10), and its parameters end with a shift and a scale for each
  // observation entry. They are set from what was seen (rlrun/normalization.hpp) and never learned:
  // gradients and Fisher products are zero there, and a search leaves them as they are.

  /// How many of the last parameters these are: 2 obs_dim, or 0 where nothing is normalised.
  [[nodiscard]] virtual Index normalization_size() const { return 0; }
  [[nodiscard]] bool normalizes() const { return normalization_size() > 0; }
  /// How many of the first parameters are learned: all others.
  [[nodiscard]] Index n_learned() const { return params().size() - normalization_size(); }
  /// Must only be called where `normalizes`.
  void set_normalization(VectorFIn shift, VectorFIn scale);
};

/// The Fisher information of a policy's distribution, averaged over a fixed set of observations and
/// known only by its products. Depends on the policy's parameters at the time it was made.
class RLRUN_API FisherOperator {
 public:
  virtual ~FisherOperator();
  /// F v, (n_params).
  virtual VectorF operator()(VectorFIn v) = 0;
};

/// Scratch of a pass over one part of a batch. Belongs to whoever makes the pass, one for each
/// thread at a time; nothing is allocated once it has grown to the widest part.
struct PassScratch {
  nn::Tape tape;
  Workspace workspace;
};

/// Given the distribution (distribution_size, n) at the columns of a part, writes what a loss says
/// of it: adds dL/d(distribution) to the second argument, which is zero before.
using DistributionLoss = FunctionRef<void(MatrixFIn distribution, MatrixFOut gradient)>;

/// A policy with a density, which the gradient methods need.
///
/// The distribution of the actions at an observation is described by `distribution_size` numbers
/// (means and log standard deviations, or logits), so that one pass of the network serves the
/// log-probability, the KL divergence and the entropy.
class RLRUN_API StochasticPolicy : public Policy {
 public:
  static constexpr const char* kKind = "stochastic policy";

  ~StochasticPolicy() override;
  /// What the policy makes of an observation first: value networks beside it see the same.
  [[nodiscard]] virtual const nn::ObservationInput& input() const = 0;
  [[nodiscard]] Index normalization_size() const final { return input().n_params(); }

  [[nodiscard]] virtual Index distribution_size() const = 0;
  /// (distribution_size, n) for observations (obs_dim, n). Runs on all threads of the trial.
  [[nodiscard]] virtual MatrixF distribution(MatrixFIn observations) const = 0;
  /// log pi(a_t | s_t) for each column of a result of `distribution`.
  [[nodiscard]] virtual Vector log_prob(MatrixFIn distribution, MatrixFIn actions) const = 0;
  /// Mean over columns of KL(old || now), for two results of `distribution`.
  [[nodiscard]] virtual double mean_kl(MatrixFIn old_distribution,
                                       MatrixFIn distribution) const = 0;
  [[nodiscard]] virtual double mean_entropy(MatrixFIn distribution) const = 0;
  /// sum_t w_t * grad log pi(a_t | s_t), (n_params).
  [[nodiscard]] virtual VectorF grad_log_prob(MatrixFIn observations, MatrixFIn actions,
                                              VectorIn weights) const = 0;
  [[nodiscard]] virtual std::unique_ptr<FisherOperator> fisher(MatrixFIn observations) const = 0;

  // Losses of the distribution, part by part, for minibatches. All on the calling thread and
  // without allocation, so that a task may do several things with its part.

  /// One pass forward, `loss`, and one pass backward: adds dL/d(params) to `gradient`, (n_params).
  virtual void add_gradient(MatrixFIn observations, DistributionLoss loss, VectorFOut gradient,
                            PassScratch& scratch) const = 0;

  /// log pi(a_t | s_t) for each column, (n).
  virtual void write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                              Workspace& workspace) const = 0;
  /// Adds the gradient of sum_t w_t log pi(a_t | s_t) in the distribution, (distribution_size, n).
  virtual void add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                                     MatrixFOut gradient, Workspace& workspace) const = 0;
  /// Adds the gradient of weight * sum_t entropy_t.
  virtual void add_entropy_gradient(MatrixFIn distribution, double weight,
                                    MatrixFOut gradient) const = 0;
  /// Adds the gradient of weight * sum_t KL(old_t || now_t) in the present distribution.
  virtual void add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                               MatrixFOut gradient, Workspace& workspace) const = 0;
};

/// A policy that is a network of the observation's image: a = mu(input(s)). Exploration is the
/// algorithm's business.
class RLRUN_API DeterministicPolicy : public Policy {
 public:
  static constexpr const char* kKind = "deterministic policy";

  ~DeterministicPolicy() override;
  /// What the network sees of an observation; critics beside it see the same.
  [[nodiscard]] virtual const nn::ObservationInput& input() const = 0;
  /// The network over `params()`; its outputs are the actions.
  [[nodiscard]] virtual const nn::Mlp& network() const = 0;
};

}  // namespace rlrun
