#pragma once

#include "classic_task.hpp"

namespace rlrun::gym {

/// Two links that hang from a bar; a torque of -1, 0 or 1 (choices 0 to 2) acts between them: bring
/// the tip one length above the bar. State: angle of the first link from hanging, angle of the
/// second against the first, their velocities.
class Acrobot final : public ClassicTask {
 public:
  using Params = HorizonParams<500>;
  explicit Acrobot(const Params& params);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng) override;
  Transition advance(VectorFIn action) override;
  void paint(canvas::Canvas& paper, const Projection& at) const override;
};

}  // namespace rlrun::gym
