#include "sample/play.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {

PlayedEpisode play_episode(Env& env, const Policy& policy, ActMode mode, Rng stream,
                           const std::function<bool(Index step)>& look) {
  const EnvSpec& spec = env.spec();
  VectorF observation(spec.obs_dim());
  MatrixF action(spec.action_dim(), 1), memory = MatrixF::Zero(policy.memory_size(), 1);
  Rng policy_stream = stream.fork("policy");
  Workspace workspace;
  PlayedEpisode episode;
  env.reset(stream.fork("env"), observation);
  bool go_on = !look || look(0);
  while (go_on && episode.length < spec.horizon) {
    policy.act({mode, observation, memory, {&policy_stream, 1}}, action, workspace);
    const Transition step = env.step(action.col(0), observation);
    ++episode.length;
    episode.terminated = step.terminated;
    episode.unstable = step.unstable;
    if (!step.unstable) {
      if (!std::isfinite(step.reward))
        throw TrialError("the reward of step " + std::to_string(episode.length) + " is not finite");
      episode.total_reward += step.reward;
    }
    go_on = (!look || look(episode.length)) && !step.ended();
  }
  return episode;
}

std::vector<PlayedEpisode> play_episodes(const EnvFactory& factory, const Policy& policy,
                                         ActMode mode, Index n, Rng root) {
  const Rng streams = root.fork("evaluation");
  std::vector<PlayedEpisode> episodes(static_cast<std::size_t>(n));
  parallel_for(n, [&](Index i) {
    const auto env = factory();
    episodes[static_cast<std::size_t>(i)] =
        play_episode(*env, policy, mode, streams.fork(static_cast<std::uint64_t>(i)));
  });
  return episodes;
}

EpisodeStatistics summarize(const std::vector<PlayedEpisode>& episodes) {
  RLRUN_CHECK(!episodes.empty());
  EpisodeStatistics s;
  s.episodes = static_cast<Index>(episodes.size());
  s.min = s.max = episodes[0].total_reward;
  const auto n = static_cast<double>(episodes.size());
  for (const PlayedEpisode& e : episodes) {
    s.mean += e.total_reward / n;
    s.mean_length += static_cast<double>(e.length) / n;
    s.min = std::min(s.min, e.total_reward);
    s.max = std::max(s.max, e.total_reward);
    s.terminated += e.terminated ? 1 : 0;
    s.unstable += e.unstable ? 1 : 0;
  }
  double squares = 0;
  for (const PlayedEpisode& e : episodes) squares += std::pow(e.total_reward - s.mean, 2);
  s.std =
      episodes.size() > 1 ? std::sqrt(squares / (n - 1)) : std::numeric_limits<double>::quiet_NaN();
  return s;
}

}  // namespace rlrun
