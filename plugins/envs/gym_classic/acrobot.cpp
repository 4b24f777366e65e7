// The equations are those of R. Sutton and A. Barto, "Reinforcement Learning: An Introduction",
// with the moment of inertia of both links 1, integrated by one Runge-Kutta step of 0.2 s.

#include "acrobot.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rlrun::gym {
namespace {

using State = Eigen::Vector4d;

constexpr double kPi = std::numbers::pi;
constexpr double kTimeStep = 0.2, kGravity = 9.8;
constexpr double kLength = 1, kMass = 1, kCenter = 0.5, kInertia = 1;
constexpr double kMaxSpeed1 = 4 * kPi, kMaxSpeed2 = 9 * kPi;

State derivative(const State& s, double torque) {
  const double angle1 = s(0), angle2 = s(1), speed1 = s(2), speed2 = s(3);
  const double cosine2 = std::cos(angle2), sine2 = std::sin(angle2);
  const double d1 =
      kMass * (kCenter * kCenter) +
      kMass * (kLength * kLength + kCenter * kCenter + 2 * kLength * kCenter * cosine2) + kInertia +
      kInertia;
  const double d2 = kMass * (kCenter * kCenter + kLength * kCenter * cosine2) + kInertia;
  const double phi2 = kMass * kCenter * kGravity * std::cos(angle1 + angle2 - kPi / 2);
  const double phi1 = -kMass * kLength * kCenter * (speed2 * speed2) * sine2 -
                      2 * kMass * kLength * kCenter * speed2 * speed1 * sine2 +
                      (kMass * kCenter + kMass * kLength) * kGravity * std::cos(angle1 - kPi / 2) +
                      phi2;
  const double turn2 =
      (torque + d2 / d1 * phi1 - kMass * kLength * kCenter * (speed1 * speed1) * sine2 - phi2) /
      (kMass * (kCenter * kCenter) + kInertia - d2 * d2 / d1);
  const double turn1 = -(d2 * turn2 + phi1) / d1;
  return {speed1, speed2, turn1, turn2};
}

/// Steps by whole turns, as the original does, so that the last bit is the same.
double wrapped(double angle) {
  while (angle > kPi) angle -= 2 * kPi;
  while (angle < -kPi) angle += 2 * kPi;
  return angle;
}

}  // namespace

Acrobot::Acrobot(const Params& params)
    : ClassicTask(symmetric(VectorF{{1, 1, 1, 1, static_cast<float>(kMaxSpeed1),
                                     static_cast<float>(kMaxSpeed2)}}),
                  Discrete{3}, params.horizon, 4, kTimeStep, {0, 0, 2.3}) {}

// The original rounds the initial state to float.
void Acrobot::draw_initial_state(Rng& rng) {
  for (double& x : state()) x = static_cast<float>(rng.uniform(-0.1, 0.1));
}

void Acrobot::observe(VectorOut observation) const {
  const Vector& s = state();
  observation << std::cos(s(0)), std::sin(s(0)), std::cos(s(1)), std::sin(s(1)), s(2), s(3);
}

Transition Acrobot::advance(VectorFIn action) {
  const double torque = static_cast<double>(action(0)) - 1;
  const State s = state();
  const State k1 = derivative(s, torque);
  const State k2 = derivative(s + kTimeStep / 2 * k1, torque);
  const State k3 = derivative(s + kTimeStep / 2 * k2, torque);
  const State k4 = derivative(s + kTimeStep * k3, torque);
  const State next = s + kTimeStep / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  state() << wrapped(next(0)), wrapped(next(1)), std::clamp(next(2), -kMaxSpeed1, kMaxSpeed1),
      std::clamp(next(3), -kMaxSpeed2, kMaxSpeed2);
  const bool reached = -std::cos(state()(0)) - std::cos(state()(1) + state()(0)) > 1;
  return {.reward = reached ? 0.0 : -1.0, .terminated = reached};
}

void Acrobot::paint(canvas::Canvas& paper, const Projection& at) const {
  const double first = state()(0), second = first + state()(1);
  const double x = kLength * std::sin(first), y = -kLength * std::cos(first);
  paper.line(at(-2.2, 1), at(2.2, 1), at.length(0.03), kMark);
  paper.line(at(0, 0), at(x, y), at.length(0.2), kBody);
  paper.line(at(x, y), at(x + kLength * std::sin(second), y - kLength * std::cos(second)),
             at.length(0.2), kLimb);
  paper.disc(at(0, 0), at.length(0.06), kHinge);
  paper.disc(at(x, y), at.length(0.06), kHinge);
}

}  // namespace rlrun::gym
