#pragma once
// From episodes to the columns that a policy gradient is computed on.

#include <vector>

#include "rlrun/baselines/baseline.hpp"
#include "rlrun/episode.hpp"
#include "rlrun/math/statistics.hpp"
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

/// A share of the columns, drawn without replacement and kept in their order; at least one.
RLRUN_API MatrixF sample_columns(MatrixFIn columns, double fraction, Rng rng);

}  // namespace rlrun
