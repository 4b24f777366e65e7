#include "sample/evaluate.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {
namespace {

// Gives those that failed the lowest value of the others; -infinity if there are no others.
void rank_last(const std::vector<std::uint8_t>& failed, Vector& values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double lowest = kInfinity;
  for (Index i = 0; i < values.size(); ++i)
    if (failed[std::size_t(i)] == 0) lowest = std::min(lowest, values(i));
  for (Index i = 0; i < values.size(); ++i)
    if (failed[std::size_t(i)] != 0) values(i) = lowest == kInfinity ? -kInfinity : lowest;
}

}  // namespace

std::unique_ptr<Evaluate::Player> Evaluate::take_player(const Policy& policy) {
  {
    const std::lock_guard<std::mutex> lock(players_mutex_);
    if (!players_.empty()) {
      std::unique_ptr<Player> player = std::move(players_.back());
      players_.pop_back();
      return player;
    }
  }
  auto player = std::make_unique<Player>(Player{source_.slot(), policy.clone(), {}});
  player->column.resize(source_.spec, policy.memory_size(), 1);
  return player;
}

void Evaluate::give_back(std::unique_ptr<Player> player) {
  const std::lock_guard<std::mutex> lock(players_mutex_);
  players_.push_back(std::move(player));
}

void Evaluate::begin_episode(Game& game) {
  Player& player = *game.player;
  const Rng stream = game.streams.fork(static_cast<std::uint64_t>(game.episodes++));
  player.slot.begin(stream.fork("env"), player.column.observations.col(0));
  player.column.streams[0] = stream.fork("policy");
  player.column.memory.setZero();
  game.weight = 1;
}

void Evaluate::begin_step(Game& game) {
  Player& player = *game.player;
  if (player.policy->normalizes()) game.outcome->seen.add(player.column.observations.col(0));
  player.column.act(*player.policy, 1);
  player.slot.begin_step(player.column.actions.col(0));
}

bool Evaluate::finish_step(Game& game, Index episodes, double discount) {
  Player& player = *game.player;
  Outcome& outcome = *game.outcome;
  try {
    const Step step =
        player.slot.step(player.column.actions.col(0), player.column.observations.col(0));
    outcome.discounted_return += game.weight * step.reward;
    game.weight *= discount;
    outcome.failed = step.unstable;
    if (!step.ended()) return true;
  } catch (const NotFinite&) {
    player.slot.break_down();
    outcome.failed = true;
  }
  outcome.total_return += player.slot.total_reward();
  player.slot.record(outcome.log);
  source_.tick(player.slot.length());
  if (outcome.failed || game.episodes == episodes) return false;
  begin_episode(game);
  return true;
}

Evaluation Evaluate::operator()(const Policy& policy, MatrixFIn thetas, Index episodes,
                                double discount) {
  RLRUN_CHECK(episodes > 0);
  const Index n = thetas.cols();
  std::vector<Outcome> outcomes(static_cast<std::size_t>(n));
  const Rng streams = source_.next_call("rollout");
  // Their clones are of the policy of an earlier call.
  for (const auto& player : players_) player->policy = policy.clone();
  const Index width = source_.split_steps ? kSliceWidth : 1;
  parallel_for(ceil_div(n, width), [&](Index part) {
    std::vector<Game> games;
    games.reserve(static_cast<std::size_t>(width));
    for (Index i = part * width; i < std::min((part + 1) * width, n); ++i) {
      Game& game = games.emplace_back(Game{take_player(policy), &outcomes[std::size_t(i)],
                                           streams.fork(static_cast<std::uint64_t>(i))});
      game.player->policy->set_params(thetas.col(i));
      if (policy.normalizes()) game.outcome->seen = Moments(source_.spec.obs_dim());
      begin_episode(game);
    }
    while (!games.empty()) {
      for (Game& game : games) begin_step(game);
      std::erase_if(games, [&](Game& game) {
        if (finish_step(game, episodes, discount)) return false;
        give_back(std::move(game.player));
        return true;
      });
    }
  });

  Evaluation result{
      .returns = Vector::Zero(n), .discounted_returns = Vector::Zero(n), .failed = {}};
  if (policy.normalizes()) result.observations = Moments(source_.spec.obs_dim());
  for (Index i = 0; i < n; ++i) {
    const Outcome& outcome = outcomes[std::size_t(i)];
    result.failed.push_back(outcome.failed ? 1 : 0);
    result.returns(i) = outcome.total_return / static_cast<double>(episodes);
    result.discounted_returns(i) = outcome.discounted_return / static_cast<double>(episodes);
    for (const std::int32_t length : outcome.log.lengths) result.steps += length;
    append(source_.log.episodes, outcome.log);
    if (policy.normalizes()) result.observations.add(outcome.seen);  // in order, whoever was first
  }
  source_.count(result.steps);
  rank_last(result.failed, result.returns);
  rank_last(result.failed, result.discounted_returns);
  return result;
}

}  // namespace rlrun
