#include "rlrun/learners/samples.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "rlrun/error.hpp"
#include "rlrun/math/returns.hpp"
#include "rlrun/math/statistics.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {

void SampleParams::fields(Fields& f) {
  f("discount", discount, "Weight of a reward one step later (gamma).", between(0, 1));
  f("gae_lambda", gae_lambda,
    "Weight of longer returns in the advantage (lambda); 1 is the whole discounted return.",
    between(0, 1));
  f("bootstrap_at_time_limit", bootstrap_at_time_limit,
    "Whether an episode that ran out of time is continued by the baseline's value.");
}

Samples flatten(const Batch& batch, const Baseline& baseline, const SampleParams& params) {
  const Index n = n_steps(batch);
  if (n == 0) throw TrialError("the batch holds no step: every episode broke down at once");
  std::vector<Index> starts;
  Index start = 0;
  for (const Episode& episode : batch) {
    starts.push_back(start);
    start += episode.length();
  }

  Samples samples{MatrixF(batch.front().observations.rows(), n),
                  MatrixF(batch.front().actions.rows(), n), Vector(n), Vector(n)};
  parallel_for(static_cast<Index>(batch.size()), [&](Index i) {
    const Episode& episode = batch[static_cast<std::size_t>(i)];
    const Index first = starts[static_cast<std::size_t>(i)], length = episode.length();
    Vector values = baseline.predict(episode);
    const bool valued = episode.unstable || (!episode.terminated && params.bootstrap_at_time_limit);
    if (!valued) values(length) = 0;
    samples.observations.middleCols(first, length) = episode.states();
    samples.actions.middleCols(first, length) = episode.actions;
    samples.returns.segment(first, length) =
        discounted_returns(episode.rewards, params.discount, values(length));
    samples.advantages.segment(first, length) =
        gae(episode.rewards, values, params.discount, params.gae_lambda);
  });
  standardise(samples.advantages);
  return samples;
}

MatrixF sample_columns(MatrixFIn columns, double fraction, Rng rng) {
  const Index n = columns.cols();
  const auto share = static_cast<Index>(fraction * static_cast<double>(n));
  const Index wanted = std::clamp<Index>(share, std::min<Index>(1, n), n);
  MatrixF chosen(columns.rows(), wanted);
  // Selection sampling: column i is taken with probability (still wanted) / (still to come).
  for (Index i = 0, taken = 0; taken < wanted; ++i)
    if (rng.below(n - i) < wanted - taken) chosen.col(taken++) = columns.col(i);
  return chosen;
}

}  // namespace rlrun
