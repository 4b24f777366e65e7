#pragma once
// From episodes to the columns that a policy gradient is computed on.

#include <vector>

#include "rlrun/baselines/baseline.hpp"
#include "rlrun/episode.hpp"
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

  [[nodiscard]] Index size() const { return returns.size(); }
};

/// Puts a batch side by side and values its steps by generalised advantage estimation with what
/// `baseline` predicts now. Where an episode ran out of time, the value of its last state counts
/// only if `bootstrap_at_time_limit` is set; where the simulation broke down, always. Throws
/// TrialError for a batch without steps.
RLRUN_API Samples flatten(const Batch& batch, const Baseline& baseline, const SampleParams& params);

/// Subtracts the mean and divides by the population standard deviation + 1e-8.
RLRUN_API void standardise(VectorOut values);
/// The same over these entries; the others stay as they are.
RLRUN_API void standardise(VectorOut values, const std::vector<Index>& entries);

/// 1 - var(targets - predictions) / var(targets): 1 is perfect, 0 no better than a constant. 0 if
/// the targets do not vary.
RLRUN_API double explained_variance(VectorIn targets, VectorIn predictions);

/// Puts the entries into random order: each order is equally likely.
RLRUN_API void shuffle(std::vector<Index>& entries, Rng& rng);

/// A share of the columns, drawn without replacement and kept in their order; at least one.
RLRUN_API MatrixF sample_columns(MatrixFIn columns, double fraction, Rng rng);

}  // namespace rlrun
