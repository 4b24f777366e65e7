#pragma once
// Tasks whose best policies are known in closed form.

#include <algorithm>
#include <memory>
#include <span>

#include "rlrun/env.hpp"
#include "rlrun/policy.hpp"

namespace toys {

using namespace rlrun;  // NOLINT(google-build-using-namespace): for tests only

template <class Env>
EnvFactory factory() {
  return [] { return std::make_unique<Env>(); };
}

/// One step: reward -(a - 1/2)^2, whatever the observation (which is always 1).
class Target final : public Env {
 public:
  static constexpr double kBest = 0.5;

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng /*rng*/, VectorFOut observation) override { observation(0) = 1; }
  Transition step(VectorFIn action, VectorFOut observation) override {
    const double miss = std::clamp(double{action(0)}, -1.0, 1.0) - kBest;
    observation(0) = 1;
    return {.reward = -miss * miss, .terminated = true};
  }

 private:
  EnvSpec spec_{unbounded(1), box(1, -1, 1), 10};
};

/// A scalar linear system with quadratic costs: x' = x + a / 2, reward -(x'^2 + kCost a^2), started
/// at x in [-1, 1] and held within [-2, 2]. The best action is a linear function of x (and nearly
/// the same at all but the last steps), under which x never comes near these ends.
class Regulator final : public Env {
 public:
  static constexpr double kCost = 0.1;
  static constexpr Index kHorizon = 20;

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    x_ = rng.uniform(-1, 1);
    observation(0) = static_cast<float>(x_);
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    const double a = std::clamp(double{action(0)}, -2.0, 2.0);
    x_ = std::clamp(x_ + a / 2, -2.0, 2.0);
    observation(0) = static_cast<float>(x_);
    return {.reward = -(x_ * x_ + kCost * a * a)};
  }

  /// V(x) = -P x^2 over the whole horizon, by the Riccati recursion. With next value -p x'^2, the
  /// cost (1 + p)(x + a/2)^2 + kCost a^2 is least at a = -2 q x / (q + 4 kCost), q = 1 + p.
  static double riccati() {
    double p = 0;
    for (Index t = 0; t < kHorizon; ++t) {
      const double q = 1 + p;
      p = 4 * kCost * q / (q + 4 * kCost);
    }
    return p;
  }
  /// E[x^2] = 1/3 at the start.
  static double best_mean_return() { return -riccati() / 3; }
  /// What doing nothing earns.
  static double idle_mean_return() { return -static_cast<double>(kHorizon) / 3; }

 private:
  EnvSpec spec_{unbounded(1), box(1, -2, 2), kHorizon};
  double x_ = 0;
};

/// One step: which sign has the observation? Reward 1 for the right one of two choices.
class RandomSign final : public Env {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    positive_ = rng.below(2) == 1;
    observation(0) = positive_ ? 1.0F : -1.0F;
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    observation(0) = 0;
    return {.reward = (action(0) == 1) == positive_ ? 1.0 : 0.0, .terminated = true};
  }

 private:
  EnvSpec spec_{unbounded(1), Discrete{2}, 10};
  bool positive_ = false;
};

/// Gymnasium's FrozenLake-v1 on its 4 x 4 map, slippery: a step goes where it should or to one of
/// the two sides, equally likely; off the map it stays. Holes and the goal end the episode; reward
/// 1 at the goal. The state is the number of the field, row by row. The best policy arrives in
/// about 74 of 100 episodes; a random one in 1 or 2.
class FrozenLake final : public Env {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    rng_ = rng;
    field_ = 0;
    observation(0) = 0;
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    // left, down, right, up
    const Index way = (static_cast<Index>(action(0)) + rng_.below(3) + 3) % 4;
    Index row = field_ / 4, column = field_ % 4;
    if (way == 0) column = std::max<Index>(column - 1, 0);
    if (way == 1) row = std::min<Index>(row + 1, 3);
    if (way == 2) column = std::min<Index>(column + 1, 3);
    if (way == 3) row = std::max<Index>(row - 1, 0);
    field_ = 4 * row + column;
    observation(0) = static_cast<float>(field_);
    const char here = "SFFFFHFHFFFHHFFG"[field_];
    return {.reward = here == 'G' ? 1.0 : 0.0, .terminated = here == 'G' || here == 'H'};
  }

 private:
  EnvSpec spec_{Discrete{16}, Discrete{4}, 100};
  Rng rng_{0};
  Index field_ = 0;
};

/// The same few episodes for every policy, without exploration: mean total reward.
inline double greedy_mean_return(const EnvFactory& make, const Policy& policy,
                                 Index episodes = 200) {
  const std::unique_ptr<Env> env = make();
  const EnvSpec& spec = env->spec();
  MatrixF observation(spec.obs_dim(), 1), action(spec.action_dim(), 1);
  MatrixF memory(policy.memory_size(), 1);
  Workspace workspace;
  double total = 0;
  for (Index e = 0; e < episodes; ++e) {
    const Rng stream = Rng(12345).fork(static_cast<std::uint64_t>(e));
    Rng acting = stream.fork("policy");
    env->reset(stream.fork("env"), observation.col(0));
    memory.setZero();
    for (Index t = 0; t < spec.horizon; ++t) {
      policy.act({ActMode::kGreedy, observation, memory, std::span(&acting, 1)}, action, workspace);
      const Transition transition = env->step(action.col(0), observation.col(0));
      total += transition.reward;
      if (transition.terminated) break;
    }
  }
  return total / static_cast<double>(episodes);
}

}  // namespace toys
