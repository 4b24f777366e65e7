#pragma once
// Policies: what maps observations to actions.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rlrun/action_distribution.hpp"
#include "rlrun/env.hpp"
#include "rlrun/function_ref.hpp"
#include "rlrun/nn/mlp.hpp"
#include "rlrun/nn/network.hpp"
#include "rlrun/nn/observation_input.hpp"
#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"
#include "rlrun/workspace.hpp"

namespace rlrun {

/// What a policy acts on: one column for each of n running episodes. A view.
struct ActInput {
  ActMode mode;
  Eigen::Ref<const MatrixF> observations;  ///< (obs_dim, n)
  Eigen::Ref<MatrixF> memory;  ///< (memory_size, n), zero at an episode's start, updated in place.
  std::span<Rng> streams;      ///< (n)
};

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

  /// Writes one action for each column, (action_dim, n). Scratch comes from `workspace`, so that
  /// acting allocates nothing.
  ///
  /// To the bit, a column's result follows from its own observation, memory and stream: which
  /// episodes share a call depends on how fast the threads are. (Networks are made so; a product by
  /// Eigen is not.)
  virtual void act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const = 0;

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

/// Scratch of a policy's passes over parts of a batch. Belongs to whoever makes the pass and to one
/// policy, one for each thread at a time; nothing is allocated once it has grown to the widest part.
struct PassScratch {
  std::unique_ptr<nn::Network::Tape> tape;  ///< The policy makes it.
  Workspace workspace;
};

/// Given the distribution (size, n) at the columns of a part, writes what a loss says of it: adds
/// dL/d(distribution) to the second argument, which is zero before.
using DistributionLoss = FunctionRef<void(MatrixFIn distribution, MatrixFOut slope)>;
/// The same for a part that begins at column `from` of a batch. Called from several threads.
using PartLoss =
    FunctionRef<void(Index from, MatrixFIn distribution, MatrixFOut slope, Workspace& workspace)>;

/// A policy with a density, which the gradient methods need: a network, and a distribution over
/// actions (`head`) whose numbers it puts out.
///
/// Steps hold observations as the task gives them, (obs_dim, n), and say where episodes start and
/// what was remembered there; policies without memory look at the columns alone.
class RLRUN_API StochasticPolicy : public Policy {
 public:
  static constexpr const char* kKind = "stochastic policy";

  ~StochasticPolicy() override;
  /// What the policy makes of an observation first: value networks beside it see the same.
  [[nodiscard]] virtual const nn::ObservationInput& input() const = 0;
  [[nodiscard]] Index normalization_size() const final { return input().n_params(); }
  /// A network of the policy's kind (recurrent, convolutional, ...) for something else, values say:
  /// its inputs are the policy's, its hidden layers as given.
  [[nodiscard]] virtual std::shared_ptr<const nn::Network> network_like(
      const std::vector<std::int64_t>& hidden, const std::string& activation,
      Index outputs) const = 0;

  [[nodiscard]] virtual const ActionDistribution& head() const = 0;
  /// (head().size(), n). Runs on all threads of the trial.
  [[nodiscard]] virtual MatrixF distribution(const nn::Steps& steps) const = 0;
  /// One pass forward, `loss`, and one pass backward: adds dL/d(params) to `gradient`, (n_params).
  /// On the calling thread and without allocation, so that a task may do several things with its
  /// part.
  virtual void add_gradient(const nn::Steps& steps, DistributionLoss loss, VectorFOut gradient,
                            PassScratch& scratch) const = 0;
  [[nodiscard]] virtual std::unique_ptr<FisherOperator> fisher(const nn::Steps& steps) const = 0;

  /// `add_gradient` over a whole batch on all threads, part by part and added in order.
  void add_batch_gradient(const nn::Steps& steps, PartLoss loss, VectorFOut gradient) const;
  /// sum_t w_t * grad log pi(a_t | s_t), (n_params).
  [[nodiscard]] VectorF grad_log_prob(const nn::Steps& steps, MatrixFIn actions,
                                      VectorIn weights) const;
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
