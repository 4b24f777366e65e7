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

void Evaluate::play(Player& player, const Rng& stream, double discount, Outcome& outcome) {
  Slice& column = player.column;
  player.slot.begin(stream.fork("env"), column.observations.col(0));
  column.streams[0] = stream.fork("policy");
  column.memory.setZero();
  double weight = 1;
  try {
    for (Step step; !step.ended();) {
      if (player.policy->normalizes()) outcome.seen.add(column.observations.col(0));
      column.act(*player.policy, 1);
      step = player.slot.step(column.actions.col(0), column.observations.col(0));
      outcome.discounted_return += weight * step.reward;
      weight *= discount;
      outcome.failed = step.unstable;
    }
  } catch (const NotFinite&) {
    player.slot.break_down();
    outcome.failed = true;
  }
  outcome.total_return += player.slot.total_reward();
  player.slot.record(outcome.log);
  source_.tick(player.slot.length());
}

Evaluation Evaluate::operator()(const Policy& policy, MatrixFIn thetas, Index episodes,
                                double discount) {
  RLRUN_CHECK(episodes > 0);
  const Index n = thetas.cols();
  std::vector<Outcome> outcomes(static_cast<std::size_t>(n));
  const Rng streams = source_.next_call("rollout");
  players_.clear();  // they hold clones of the policy of an earlier call
  parallel_for(n, [&](Index i) {
    std::unique_ptr<Player> player = take_player(policy);
    player->policy->set_params(thetas.col(i));
    const Rng its_streams = streams.fork(static_cast<std::uint64_t>(i));
    Outcome& outcome = outcomes[std::size_t(i)];
    if (policy.normalizes()) outcome.seen = Moments(source_.spec.obs_dim());
    for (Index e = 0; e < episodes && !outcome.failed; ++e)
      play(*player, its_streams.fork(static_cast<std::uint64_t>(e)), discount, outcome);
    const std::lock_guard<std::mutex> lock(players_mutex_);
    players_.push_back(std::move(player));
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
