#pragma once
// The smallest game that is seen as a picture.

#include "rlrun/plugin.hpp"

namespace rlrun::boards {

/// A ball falls through a board of 10 x 10, one row a step, from a random column; a paddle in the
/// lowest row moves left, stays, or moves right. When the ball arrives, the reward is 1 if the
/// paddle is below it, else -1 (Mnih et al. 2014, in the form of Osband et al. 2020).
///
/// Observation, (1, 10, 10): 1 where the ball is and where the paddle is.
class Catch final : public Env {
 public:
  struct Params {
    void fields(Fields& /*f*/) {}
  };

  explicit Catch(const Params& /*params*/) {
    Box board = box(kSize * kSize, 0, 1);
    board.shape = {1, kSize, kSize};
    spec_ = {.observation = board, .action = Discrete{3}, .horizon = kSize};
  }

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }

  void reset(Rng rng, VectorFOut observation) override {
    ball_row_ = 0;
    ball_column_ = rng.below(kSize);
    paddle_ = kSize / 2;
    show(observation);
  }

  Transition step(VectorFIn action, VectorFOut observation) override {
    paddle_ = std::clamp<Index>(paddle_ + static_cast<Index>(action(0)) - 1, 0, kSize - 1);
    ++ball_row_;
    show(observation);
    const bool arrived = ball_row_ == kSize - 1;
    return {.reward = !arrived ? 0.0 : paddle_ == ball_column_ ? 1.0 : -1.0, .terminated = arrived};
  }

 private:
  static constexpr Index kSize = 10;

  void show(VectorFOut observation) const {
    observation.setZero();
    observation(ball_row_ * kSize + ball_column_) = 1;
    observation((kSize - 1) * kSize + paddle_) = 1;
  }

  EnvSpec spec_;
  Index ball_row_ = 0, ball_column_ = 0, paddle_ = 0;
};

}  // namespace rlrun::boards
