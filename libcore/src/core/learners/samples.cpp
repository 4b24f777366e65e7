#include "rlrun/learners/samples.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
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
  std::vector<Index> starts;  // of all episodes; one that broke at once has no step
  Index start = 0;
  for (const Episode& episode : batch) {
    starts.push_back(start);
    start += episode.length();
  }

  Samples samples{MatrixF(batch.front().observations.rows(), n),
                  MatrixF(batch.front().actions.rows(), n),
                  Vector(n),
                  Vector(n),
                  {}};
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
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (batch[i].length() > 0) samples.starts.push_back(starts[i]);
  standardise(samples.advantages);
  return samples;
}

nn::Steps Samples::first_steps(Index n) const {
  const auto end = std::lower_bound(starts.begin(), starts.end(), n);
  return {observations.leftCols(n),
          std::span(starts).first(static_cast<std::size_t>(end - starts.begin()))};
}

namespace {

// Selection sampling: i of n is taken with probability (still wanted) / (still to come).
template <class Take>
void draw(Index n, Index wanted, Rng& rng, const Take& take) {
  for (Index i = 0, taken = 0; taken < wanted; ++i)
    if (rng.below(n - i) < wanted - taken) {
      take(i);
      ++taken;
    }
}

}  // namespace

SomeSteps sample_steps(const Samples& samples, double fraction, bool whole_episodes, Rng rng) {
  const Index n = samples.size();
  const auto share = static_cast<Index>(fraction * static_cast<double>(n));
  const Index wanted = std::clamp<Index>(share, std::min<Index>(1, n), n);
  SomeSteps some;
  if (!whole_episodes) {
    some.observations.resize(samples.observations.rows(), wanted);
    Index taken = 0;
    draw(n, wanted, rng,
         [&](Index i) { some.observations.col(taken++) = samples.observations.col(i); });
    return some;
  }
  std::vector<Index> episodes(samples.starts.size());
  std::iota(episodes.begin(), episodes.end(), Index{0});
  shuffle(episodes, rng);
  const auto length = [&](Index episode) {
    const auto next = static_cast<std::size_t>(episode) + 1;
    return (next < samples.starts.size() ? samples.starts[next] : n) - samples.starts[next - 1];
  };
  Index steps = 0;
  std::size_t count = 0;
  while (steps < wanted) steps += length(episodes[count++]);
  episodes.resize(count);
  std::sort(episodes.begin(), episodes.end());
  some.observations.resize(samples.observations.rows(), steps);
  Index to = 0;
  for (const Index episode : episodes) {
    some.starts.push_back(to);
    some.observations.middleCols(to, length(episode)) = samples.observations.middleCols(
        samples.starts[static_cast<std::size_t>(episode)], length(episode));
    to += length(episode);
  }
  return some;
}

}  // namespace rlrun
