#pragma once
// Single episodes outside of a trial: to evaluate a policy, to draw it.

#include <functional>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

struct PlayedEpisode {
  double total_reward = 0;
  Index length = 0;
  bool terminated = false;
  bool unstable = false;  ///< Cut off there; the reward of that step is left out.
};

/// Plays until the task ends, the horizon, or an unstable step. `look` is called after the reset
/// (with 0) and after each step (with its number) and says whether to go on. Throws TrialError for
/// a reward that is not finite.
PlayedEpisode play_episode(Env& env, const Policy& policy, ActMode mode, Rng stream,
                           const std::function<bool(Index step)>& look = {});

/// `n` episodes on all threads; the answer does not depend on their number. The streams come from a
/// role of their own below `root`, which no training uses: an evaluation under the seed of a trial
/// meets other initial states than the trial did.
std::vector<PlayedEpisode> play_episodes(const EnvFactory& factory, const Policy& policy,
                                         ActMode mode, Index n, Rng root);

struct EpisodeStatistics {
  Index episodes = 0, terminated = 0, unstable = 0;
  double mean = 0;
  double std = 0;  ///< Sample standard deviation; NaN for one episode.
  double min = 0, max = 0, mean_length = 0;
};
EpisodeStatistics summarize(const std::vector<PlayedEpisode>& episodes);

}  // namespace rlrun
