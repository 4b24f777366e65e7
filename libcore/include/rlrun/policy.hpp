#pragma once
// Policies: what maps observations to actions.

#include <memory>
#include <span>

#include "rlrun/env.hpp"
#include "rlrun/nn/mlp.hpp"
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
  virtual void act(ActMode mode, MatrixFIn observations, MatrixFOut memory, std::span<Rng> streams,
                   MatrixFOut actions, Workspace& workspace) const = 0;
};

/// The Fisher information of a policy's distribution, averaged over a fixed set of observations and
/// known only by its products. Depends on the policy's parameters at the time it was made.
class RLRUN_API FisherOperator {
 public:
  virtual ~FisherOperator();
  /// F v, (n_params).
  virtual VectorF operator()(VectorFIn v) = 0;
};

/// A policy with a density, which the gradient methods need.
///
/// The distribution of the actions at an observation is described by `distribution_size` numbers
/// (means and log standard deviations, or logits), so that one pass of the network serves the
/// log-probability, the KL divergence and the entropy.
class RLRUN_API StochasticPolicy : public Policy {
 public:
  static constexpr const char* kKind = "stochastic policy";

  ~StochasticPolicy() override;
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
};

/// A policy that is a network: a = mu(s). Exploration is the algorithm's business.
class RLRUN_API DeterministicPolicy : public Policy {
 public:
  static constexpr const char* kKind = "deterministic policy";

  ~DeterministicPolicy() override;
  /// The network over `params()`; its outputs are the actions.
  [[nodiscard]] virtual const nn::Mlp& network() const = 0;
};

}  // namespace rlrun
