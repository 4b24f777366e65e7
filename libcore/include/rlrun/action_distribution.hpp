#pragma once
// Distributions over actions: what a stochastic policy puts on top of a network.

#include <memory>
#include <span>

#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"
#include "rlrun/workspace.hpp"

namespace rlrun {

/// How to choose an action: as in training, or without exploration (the mean, the argmax).
enum class ActMode { kExplore, kGreedy };

/// A family of distributions, each described by `size` numbers: means and log standard deviations,
/// or logits. A distribution matrix, (size, n), has one column for each observation. The first
/// `n_outputs` of its rows come from a network; the others are shared: the same in all columns,
/// and parameters of the policy beside the network's.
///
/// It has no state: one object serves all threads.
class RLRUN_API ActionDistribution {
 public:
  virtual ~ActionDistribution();

  [[nodiscard]] virtual Index action_dim() const = 0;
  [[nodiscard]] virtual Index n_outputs() const = 0;
  [[nodiscard]] virtual Index n_shared() const { return 0; }
  [[nodiscard]] Index size() const { return n_outputs() + n_shared(); }

  /// What the shared rows hold, given the policy's parameters, both (n_shared): those of them that
  /// are beyond a limit count as the limit. Their slopes are 0 there (`is_learned` false).
  [[nodiscard]] virtual VectorF shared(VectorFIn params) const { return params; }
  [[nodiscard]] virtual bool is_learned(float /*shared_param*/) const { return true; }

  /// What `sample` needs to know of the shared rows, computed once for a policy's parameters.
  [[nodiscard]] virtual VectorF prepared(VectorFIn shared) const { return shared; }
  /// Writes an action (action_dim) for each column of `outputs`, (n_outputs, n), which may be the
  /// memory of `actions`. One stream for each column.
  virtual void sample(ActMode mode, MatrixFIn outputs, VectorFIn prepared, std::span<Rng> streams,
                      MatrixFOut actions) const = 0;

  /// log p(a) for each column, (n).
  virtual void write_log_prob(MatrixFIn distribution, MatrixFIn actions, VectorOut log_prob,
                              Workspace& workspace) const = 0;
  /// The same on all threads.
  [[nodiscard]] Vector log_prob(MatrixFIn distribution, MatrixFIn actions) const;
  /// Mean over columns of KL(old || now).
  [[nodiscard]] virtual double mean_kl(MatrixFIn old_distribution,
                                       MatrixFIn distribution) const = 0;
  [[nodiscard]] virtual double mean_entropy(MatrixFIn distribution) const = 0;

  // Slopes in the distribution, added to `gradient`, (size, n). Nothing is allocated.

  /// Of sum_t w_t log p(a_t).
  virtual void add_log_prob_gradient(MatrixFIn distribution, MatrixFIn actions, VectorIn weights,
                                     MatrixFOut gradient, Workspace& workspace) const = 0;
  /// Of weight * sum_t entropy_t.
  virtual void add_entropy_gradient(MatrixFIn distribution, double weight,
                                    MatrixFOut gradient) const = 0;
  /// Of weight * sum_t KL(old_t || now_t) in the present distribution.
  virtual void add_kl_gradient(MatrixFIn old_distribution, MatrixFIn distribution, double weight,
                               MatrixFOut gradient, Workspace& workspace) const = 0;

  /// The Fisher information at fixed distributions, averaged over their columns.
  class RLRUN_API Metric {
   public:
    virtual ~Metric();
    /// Multiplies tangents of the network's outputs at columns `from`, ..., (n_outputs, n), in place.
    virtual void multiply(Index from, MatrixFOut tangents) const = 0;
    /// The same for the shared rows, (n_shared), whose information is diagonal.
    virtual void multiply_shared(VectorFOut tangent) const;
  };
  [[nodiscard]] virtual std::unique_ptr<Metric> metric(MatrixFIn distribution) const = 0;
};

}  // namespace rlrun
