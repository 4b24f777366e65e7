// Cart-Pole Swing Up: the pole starts hanging. The benchmark's table calls it Inverted Pendulum.

#include <cmath>
#include <numbers>

#include "cartpole.hpp"
#include "tasks.hpp"

namespace rlrun::box2d {
namespace {

constexpr double kMaxX = 3, kCrashReward = -100;

class CartPoleSwingUp final : public CartPole {
 public:
  explicit CartPoleSwingUp(const Params& params) : CartPole(params, kMaxX) {}

 private:
  void scatter(Rng& rng) override {
    const double x = rng.uniform(-1, 1);
    const double velocity = rng.uniform(-2, 2);
    const double angle = std::numbers::pi + rng.uniform(-1, 1);
    const double angular_velocity = rng.uniform(-3, 3);
    place(x, velocity, angle, angular_velocity);
  }

  [[nodiscard]] Transition judge() const override {
    if (std::abs(x()) > kMaxX) return {.reward = kCrashReward, .terminated = true};
    return {.reward = std::cos(angle())};
  }
};

}  // namespace

EnvEntry cartpole_swingup() {
  return env<CartPoleSwingUp>(
      "cartpole_swingup", "Swing a hanging pole up and balance it on a cart (Box2D).", kReference);
}

}  // namespace rlrun::box2d
