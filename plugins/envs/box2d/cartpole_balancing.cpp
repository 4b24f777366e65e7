// Cart-Pole Balancing: keep the pole upright and the cart near the middle.

#include <cmath>

#include "cartpole.hpp"
#include "tasks.hpp"

namespace rlrun::box2d {
namespace {

constexpr double kMaxX = 2.4, kMaxAngle = 0.2;
// An episode starts within five per cent of (2.4, 4, 0.2, 4).
constexpr double kStart[] = {0.12, 0.2, 0.01, 0.2};

class CartPoleBalancing final : public CartPole {
 public:
  explicit CartPoleBalancing(const Params& params) : CartPole(params, kMaxX) {}

 private:
  void scatter(Rng& rng) override {
    double start[4];
    for (int i = 0; i < 4; ++i) start[i] = rng.uniform(-kStart[i], kStart[i]);
    place(start[0], start[1], start[2], start[3]);
  }

  [[nodiscard]] Transition judge() const override {
    if (std::abs(x()) > kMaxX || std::abs(angle()) > kMaxAngle)
      return {.reward = 0, .terminated = true};
    return {.reward = 10 - (1 - std::cos(angle())) - 1e-5 * effort() * effort()};
  }
};

}  // namespace

EnvEntry cartpole_balancing() {
  return env<CartPoleBalancing>("cartpole_balancing", "Balance a pole on a cart (Box2D).",
                                kReference);
}

}  // namespace rlrun::box2d
