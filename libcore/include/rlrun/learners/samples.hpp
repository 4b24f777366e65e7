#pragma once
// From episodes to the columns that a policy gradient is computed on.

#include <vector>

#include "rlrun/baselines/baseline.hpp"
#include "rlrun/episode.hpp"
#include "rlrun/math/statistics.hpp"
#include "rlrun/nn/network.hpp"
#include "rlrun/params.hpp"
#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// How steps are valued; the part of the parameters that policy gradient methods share.
struct RLRUN_API SampleParams {
  double discount = 0.99;
  double gae_lambda = 1;
  bool bootstrap_at_time_limit = false;

  void fields(Fields& f);
};

/// All steps of a batch, one column each, in the order of the batch.
struct Samples {
  MatrixF observations;  ///< (obs_dim, n)
  MatrixF actions;       ///< (action_dim, n)
  Vector returns;        ///< (n) Discounted return from each step: what a baseline is fitted to.
  Vector advantages;     ///< (n) Mean 0, standard deviation 1 over the batch.
  std::vector<Index> starts;  ///< The first column of each episode.

  [[nodiscard]] nn::Steps steps() const { return nn::Steps(observations, starts); }
  /// The first `n` of them.
  [[nodiscard]] nn::Steps first_steps(Index n) const;

  [[nodiscard]] Index size() const { return returns.size(); }
};

/// Puts a batch side by side and values its steps by generalised advantage estimation with what
/// `baseline` predicts now. Where an episode ran out of time, the value of its last state counts
/// only if `bootstrap_at_time_limit` is set; where the simulation broke down, always. Throws
/// TrialError for a batch without steps.
RLRUN_API Samples flatten(const Batch& batch, const Baseline& baseline, const SampleParams& params);

/// Some steps of a batch, in their order.
struct SomeSteps {
  MatrixF observations;
  std::vector<Index> starts;

  [[nodiscard]] nn::Steps steps() const { return nn::Steps(observations, starts); }
};
/// A share of the steps, drawn without replacement; at least one. If `whole_episodes`, as few episodes
/// as hold so many steps.
RLRUN_API SomeSteps sample_steps(const Samples& samples, double fraction, bool whole_episodes,
                                 Rng rng);

}  // namespace rlrun
