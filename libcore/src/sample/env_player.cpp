#include "sample/env_player.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rlrun {
void Trace::add(VectorFIn observation) {
  for (const float x : observation) words_.push_back(std::bit_cast<std::uint32_t>(x));
}

void Trace::add(const Transition& transition) {
  words_.push_back(std::bit_cast<std::uint64_t>(transition.reward));
  words_.push_back(static_cast<std::uint64_t>(transition.terminated) * 4 +
                   static_cast<std::uint64_t>(transition.truncated) * 2 +
                   static_cast<std::uint64_t>(transition.unstable));
}

void draw_action(const Space& space, Rng& rng, VectorFOut action) {
  if (const auto* b = std::get_if<Box>(&space)) {
    for (Index i = 0; i < action.size(); ++i) {
      const bool bounded = std::isfinite(b->low(i)) && std::isfinite(b->high(i));
      const double x = bounded ? rng.uniform(b->low(i), b->high(i)) : rng.normal();
      action(i) = std::clamp(static_cast<float>(x), b->low(i), b->high(i));
    }
  } else if (const auto* d = std::get_if<Discrete>(&space)) {
    action(0) = static_cast<float>(rng.below(d->n));
  } else {
    const auto& n = std::get<MultiDiscrete>(space).n;
    for (Index i = 0; i < action.size(); ++i)
      action(i) = static_cast<float>(rng.below(n[static_cast<std::size_t>(i)]));
  }
}

bool contains(const Space& space, VectorFIn point) {
  if (const auto* b = std::get_if<Box>(&space))
    return (point.array() >= b->low.array()).all() && (point.array() <= b->high.array()).all();
  const std::vector<Index> n = n_choices(space);
  for (Index i = 0; i < point.size(); ++i)
    if (!is_choice(point(i), n[static_cast<std::size_t>(i)])) return false;
  return true;
}

Player::Player(Env& env, Rng stream)
    : env_(env),
      stream_(stream),
      actions_(stream.fork("actions")),
      action_(env.spec().action_dim()),
      observation_(env.spec().obs_dim()) {}

void Player::turn() {
  if (left_ == 0) {
    env_.reset(stream_.fork("episode").fork(episode_++), observation_);
    left_ = env_.spec().horizon;
    trace.add(observation_);
    return;
  }
  draw_action(env_.spec().action, actions_, action_);
  const Transition t = env_.step(action_, observation_);
  trace.add(t);
  left_ = t.ended() ? 0 : left_ - 1;
  if (!t.unstable) trace.add(observation_);
}

Player& Player::play(Index steps) {
  for (Index i = 0; i <= steps; ++i) turn();
  return *this;
}

}  // namespace rlrun
