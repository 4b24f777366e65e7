#pragma once

#include "classic_task.hpp"

namespace rlrun::gym {

/// What the two cars share: the valley sin 3x from -1.2 to 0.6. State: position, velocity.
class CarInValley : public ClassicTask {
 public:
  void observe(VectorOut observation) const final { observation = state(); }

 protected:
  CarInValley(Space action, std::int64_t horizon, double goal);

 private:
  void draw_initial_state(Rng& rng) final;
  void paint(canvas::Canvas& paper, const Projection& at) const final;
  double goal_;
};

template <int kHorizon>
struct CarParams {
  double goal_velocity = 0;
  std::int64_t horizon = kHorizon;

  void fields(Fields& f) {
    f("goal_velocity", goal_velocity, "The car must be at least that fast at the goal.");
    declare_horizon(f, horizon);
  }
};

/// Pushes left (0), not at all (1) or right (2).
class MountainCar final : public CarInValley {
 public:
  using Params = CarParams<200>;
  explicit MountainCar(const Params& params);

 private:
  Transition advance(VectorFIn action) override;
  Params p_;
};

/// Pushes with a force from -1 to 1, which costs its square, clipped or not.
///
/// The original keeps its state in float from the first step of an episode on, while the initial
/// state is double; so does this one. A state that was set counts as initial.
class MountainCarContinuous final : public CarInValley {
 public:
  using Params = CarParams<999>;
  explicit MountainCarContinuous(const Params& params);

 private:
  Transition advance(VectorFIn action) override;
  template <class Real>
  bool move(float action);
  Params p_;
};

}  // namespace rlrun::gym
