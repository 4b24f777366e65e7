#include "pendulum.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rlrun::gym {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr float kMaxTorque = 2;
constexpr double kMaxSpeed = 8, kTimeStep = 0.05, kMass = 1, kLength = 1;

/// To [-pi, pi), by a remainder that has the sign of the divisor.
double wrapped(double angle) {
  double rest = std::fmod(angle + kPi, 2 * kPi);
  if (rest < 0) rest += 2 * kPi;
  return rest - kPi;
}

}  // namespace

Pendulum::Pendulum(const Params& params)
    : ClassicTask(symmetric(VectorF{{1, 1, static_cast<float>(kMaxSpeed)}}),
                  box(1, -kMaxTorque, kMaxTorque), params.horizon, 2, kTimeStep, {0, 0, 1.3}),
      p_(params) {}

void Pendulum::draw_initial_state(Rng& rng) {
  state()(0) = rng.uniform(-kPi, kPi);
  state()(1) = rng.uniform(-1, 1);
}

void Pendulum::observe(VectorOut observation) const {
  observation << std::cos(state()(0)), std::sin(state()(0)), state()(1);
}

// The reward is that of the state before the step. What depends on the torque alone is computed in
// float, as in the original, whose actions are float.
Transition Pendulum::advance(VectorFIn action) {
  double& angle = state()(0);
  double& speed = state()(1);
  const float torque = std::clamp(action(0), -kMaxTorque, kMaxTorque);
  const double error = wrapped(angle);
  const double cost =
      error * error + 0.1 * (speed * speed) + static_cast<double>(0.001F * (torque * torque));
  const double gravity = 3 * p_.g / (2 * kLength) * std::sin(angle);
  const float motor = static_cast<float>(3.0 / (kMass * kLength * kLength)) * torque;
  speed =
      std::clamp(speed + (gravity + static_cast<double>(motor)) * kTimeStep, -kMaxSpeed, kMaxSpeed);
  angle += speed * kTimeStep;
  return {.reward = -cost};
}

void Pendulum::paint(canvas::Canvas& paper, const Projection& at) const {
  const double angle = state()(0);
  paper.line(at(0, 0), at(-kLength * std::sin(angle), kLength * std::cos(angle)), at.length(0.2),
             kLimb);
  paper.disc(at(0, 0), at.length(0.06), kHinge);
}

}  // namespace rlrun::gym
