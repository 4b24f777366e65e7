#include "run/evaluate.hpp"

#include <utility>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {

std::unique_ptr<Evaluate::Player> Evaluate::take_player(const Policy& policy) {
  {
    const std::lock_guard<std::mutex> lock(players_mutex_);
    if (!players_.empty()) {
      std::unique_ptr<Player> player = std::move(players_.back());
      players_.pop_back();
      return player;
    }
  }
  auto player = std::make_unique<Player>(Player{Slot(source_.instance()), policy.clone(), {}});
  player->column.resize(source_.spec, policy.memory_size(), 1);
  return player;
}

Evaluation Evaluate::operator()(const Policy& policy, MatrixFIn thetas, Index episodes,
                                double discount) {
  RLRUN_CHECK(episodes > 0);
  const Index n = thetas.cols();
  Evaluation result{Vector::Zero(n), Vector::Zero(n), 0};
  std::vector<EpisodeLog> logs(static_cast<std::size_t>(n));
  const Rng streams = source_.next_call("rollout");
  players_.clear();  // they hold clones of the policy of an earlier call
  parallel_for(n, [&](Index i) {
    std::unique_ptr<Player> player = take_player(policy);
    Slice& column = player->column;
    player->policy->set_params(thetas.col(i));
    for (Index e = 0; e < episodes; ++e) {
      const Rng stream =
          streams.fork(static_cast<std::uint64_t>(i)).fork(static_cast<std::uint64_t>(e));
      player->slot.begin(stream.fork("env"), column.observations.col(0));
      column.streams[0] = stream.fork("policy");
      column.memory.setZero();
      double weight = 1, discounted = 0;
      for (;;) {
        column.act(*player->policy, 1);
        const Slot::Step step =
            player->slot.step(column.actions.col(0), column.observations.col(0));
        discounted += weight * step.reward;
        weight *= discount;
        if (!step.ended()) continue;
        player->slot.record(step, logs[std::size_t(i)]);
        source_.tick(player->slot.length());
        break;
      }
      result.returns(i) += player->slot.total_reward();
      result.discounted_returns(i) += discounted;
    }
    const std::lock_guard<std::mutex> lock(players_mutex_);
    players_.push_back(std::move(player));
  });
  result.returns /= static_cast<double>(episodes);
  result.discounted_returns /= static_cast<double>(episodes);
  for (const EpisodeLog& episode_log : logs) {
    for (const std::int32_t length : episode_log.lengths) result.steps += length;
    append(source_.log.episodes, episode_log);
  }
  source_.count(result.steps);
  return result;
}

}  // namespace rlrun
