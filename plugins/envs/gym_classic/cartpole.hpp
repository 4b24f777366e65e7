#pragma once

#include "classic_task.hpp"

namespace rlrun::gym {

/// A pole on a cart that is pushed left (0) or right (1): keep it upright. State: x, x velocity,
/// angle from upright, angular velocity.
class CartPole final : public ClassicTask {
 public:
  struct Params {
    bool sutton_barto_reward = false;
    std::int64_t horizon = 500;

    void fields(Fields& f) {
      f("sutton_barto_reward", sutton_barto_reward,
        "Reward -1 for falling and 0 before, instead of 1 for every step.");
      declare_horizon(f, horizon);
    }
  };
  explicit CartPole(const Params& params);
  void observe(VectorOut observation) const override { observation = state(); }

 private:
  void draw_initial_state(Rng& rng) override;
  Transition advance(VectorFIn action) override;
  void paint(canvas::Canvas& paper, const Projection& at) const override;
  Params p_;
};

}  // namespace rlrun::gym
