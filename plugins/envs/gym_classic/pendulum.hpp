#pragma once

#include "classic_task.hpp"

namespace rlrun::gym {

/// A pole on a weak motor: swing it up and hold it. State: angle from upright (not wrapped),
/// angular velocity. The action is the torque.
class Pendulum final : public ClassicTask {
 public:
  struct Params {
    double g = 10;
    std::int64_t horizon = 200;

    void fields(Fields& f) {
      f("g", g, "Acceleration of gravity.");
      declare_horizon(f, horizon);
    }
  };
  explicit Pendulum(const Params& params);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng) override;
  Transition advance(VectorFIn action) override;
  void paint(canvas::Canvas& paper, const Projection& at) const override;
  Params p_;
};

}  // namespace rlrun::gym
