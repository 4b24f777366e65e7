#include "cartpole.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace rlrun::gym {
namespace {

constexpr double kGravity = 9.8, kCart = 1.0, kPole = 0.1, kTotal = kPole + kCart;
constexpr double kHalfLength = 0.5, kPoleMoment = kPole * kHalfLength;
constexpr double kForce = 10, kTimeStep = 0.02;
constexpr double kMaxX = 2.4, kMaxAngle = 12 * 2 * std::numbers::pi / 360;

Box bounds() {
  constexpr float kUnbounded = std::numeric_limits<float>::infinity();
  return symmetric(VectorF{
      {static_cast<float>(2 * kMaxX), kUnbounded, static_cast<float>(2 * kMaxAngle), kUnbounded}});
}

}  // namespace

CartPole::CartPole(const Params& params)
    : ClassicTask(bounds(), Discrete{2}, params.horizon, 4, kTimeStep, {0, 0.4, 2.6}), p_(params) {}

void CartPole::draw_initial_state(Rng& rng) {
  for (double& x : state()) x = rng.uniform(-0.05, 0.05);
}

// Explicit Euler: positions move with the old velocities.
Transition CartPole::advance(VectorFIn action) {
  Vector& s = state();
  const double force = action(0) == 1 ? kForce : -kForce;
  const double cosine = std::cos(s(2)), sine = std::sin(s(2));
  const double push = (force + kPoleMoment * (s(3) * s(3)) * sine) / kTotal;
  const double turn = (kGravity * sine - cosine * push) /
                      (kHalfLength * (4.0 / 3.0 - kPole * (cosine * cosine) / kTotal));
  const double acceleration = push - kPoleMoment * turn * cosine / kTotal;
  s(0) += kTimeStep * s(1);
  s(1) += kTimeStep * acceleration;
  s(2) += kTimeStep * s(3);
  s(3) += kTimeStep * turn;

  const bool fell = s(0) < -kMaxX || s(0) > kMaxX || s(2) < -kMaxAngle || s(2) > kMaxAngle;
  const double reward = p_.sutton_barto_reward ? (fell ? -1 : 0) : 1;
  return {.reward = reward, .terminated = fell};
}

void CartPole::paint(canvas::Canvas& paper, const Projection& at) const {
  const double x = state()(0), angle = state()(2), length = 2 * kHalfLength;
  paper.line(at(-kMaxX, 0), at(kMaxX, 0), at.length(0.03), kGround);
  for (const double end : {-kMaxX, kMaxX})
    paper.line(at(end, -0.1), at(end, 0.1), at.length(0.03), kMark);
  const std::array cart = {at(x - 0.25, -0.15), at(x + 0.25, -0.15), at(x + 0.25, 0.15),
                           at(x - 0.25, 0.15)};
  paper.polygon(cart, kBody);
  paper.line(at(x, 0), at(x + length * std::sin(angle), length * std::cos(angle)), at.length(0.1),
             kLimb);
  paper.disc(at(x, 0), at.length(0.06), kHinge);
}

}  // namespace rlrun::gym
