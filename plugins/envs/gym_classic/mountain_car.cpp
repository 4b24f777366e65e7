#include "mountain_car.hpp"

#include <algorithm>
#include <cmath>

namespace rlrun::gym {
namespace {

constexpr double kLeft = -1.2, kRight = 0.6, kMaxSpeed = 0.07;
constexpr double kGoal = 0.5, kContinuousGoal = 0.45;

Box bounds() {
  return {VectorF{{static_cast<float>(kLeft), -static_cast<float>(kMaxSpeed)}},
          VectorF{{static_cast<float>(kRight), static_cast<float>(kMaxSpeed)}}};
}

double height(double x) {
  return 0.45 * std::sin(3 * x) + 0.55;
}

}  // namespace

CarInValley::CarInValley(Space action, std::int64_t horizon, double goal)
    : ClassicTask(bounds(), std::move(action), horizon, 2, 1.0 / 30, {-0.3, 0.55, 1}),
      goal_(goal) {}

void CarInValley::draw_initial_state(Rng& rng) {
  state() << rng.uniform(-0.6, -0.4), 0;
}

void CarInValley::paint(canvas::Canvas& paper, const Projection& at) const {
  constexpr int kPieces = 60;
  for (int i = 0; i < kPieces; ++i) {
    const double from = kLeft + (kRight - kLeft) * i / kPieces;
    const double to = kLeft + (kRight - kLeft) * (i + 1) / kPieces;
    paper.line(at(from, height(from)), at(to, height(to)), at.length(0.02), kGround);
  }
  paper.line(at(goal_, height(goal_)), at(goal_, height(goal_) + 0.15), at.length(0.02), kMark);
  const double x = state()(0);
  paper.disc(at(x, height(x) + 0.05), at.length(0.05), kBody);
}

MountainCar::MountainCar(const Params& params)
    : CarInValley(Discrete{3}, params.horizon, kGoal), p_(params) {}

Transition MountainCar::advance(VectorFIn action) {
  double& position = state()(0);
  double& velocity = state()(1);
  velocity += (static_cast<double>(action(0)) - 1) * 0.001 + std::cos(3 * position) * -0.0025;
  velocity = std::clamp(velocity, -kMaxSpeed, kMaxSpeed);
  position = std::clamp(position + velocity, kLeft, kRight);
  if (position == kLeft && velocity < 0) velocity = 0;
  return {.reward = -1, .terminated = position >= kGoal && velocity >= p_.goal_velocity};
}

MountainCarContinuous::MountainCarContinuous(const Params& params)
    : CarInValley(box(1, -1, 1), params.horizon, kContinuousGoal), p_(params) {
  set_raw_actions();
}

Transition MountainCarContinuous::advance(VectorFIn action) {
  const bool reached = fresh() ? move<double>(action(0)) : move<float>(action(0));
  const double given = action(0);
  return {.reward = (reached ? 100.0 : 0.0) - given * given * 0.1, .terminated = reached};
}

/// One step in the precision in which the original has its state; returns whether the goal is
/// reached. A force inside the bounds is a float there, a bound itself a double.
template <class Real>
bool MountainCarContinuous::move(float action) {
  constexpr double kPower = 0.0015;
  auto position = static_cast<Real>(state()(0)), velocity = static_cast<Real>(state()(1));
  const double slope = 0.0025 * std::cos(static_cast<double>(3 * position));
  if (action < -1 || action > 1)
    velocity += static_cast<Real>((action < 0 ? -1.0 : 1.0) * kPower - slope);
  else
    velocity += action * static_cast<float>(kPower) - static_cast<float>(slope);
  velocity = std::clamp(velocity, static_cast<Real>(-kMaxSpeed), static_cast<Real>(kMaxSpeed));
  position = std::clamp(position + velocity, static_cast<Real>(kLeft), static_cast<Real>(kRight));
  if (position == static_cast<Real>(kLeft) && velocity < 0) velocity = 0;
  state() << static_cast<float>(position), static_cast<float>(velocity);
  return position >= static_cast<Real>(kContinuousGoal) &&
         velocity >= static_cast<Real>(p_.goal_velocity);
}

}  // namespace rlrun::gym
