#include "check/toy_task.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rlrun {
namespace {

class ToyTask final : public Env {
 public:
  explicit ToyTask(Space actions) { spec_.action = std::move(actions); }

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }

  void reset(Rng rng, VectorFOut observation) override {
    position_ = rng.uniform(-1, 1);
    velocity_ = rng.uniform(-1, 1);
    write(observation);
  }

  Transition step(VectorFIn action, VectorFOut observation) override {
    const bool chosen = !std::holds_alternative<Box>(spec_.action);
    for (const float a : action)
      velocity_ += 0.3 * (chosen ? double{a} - 1 : std::clamp(double{a}, -1., 1.));
    position_ += 0.3 * velocity_;
    write(observation);
    return {.reward = -position_ * position_ - 0.1 * velocity_ * velocity_,
            .terminated = std::abs(position_) > 3};
  }

 private:
  void write(VectorFOut observation) const {
    observation << static_cast<float>(position_), static_cast<float>(velocity_);
  }

  EnvSpec spec_{.observation = unbounded(2), .action = {}, .horizon = 25};
  double position_ = 0, velocity_ = 0;
};

}  // namespace

std::vector<EnvFactory> toy_tasks() {
  std::vector<EnvFactory> tasks;
  for (const Space& actions : {Space(box(1, -1, 1)), Space(box(2, -1, 1)), Space(Discrete{3}),
                               Space(MultiDiscrete{{3, 3}})})
    tasks.emplace_back([actions] { return std::make_unique<ToyTask>(actions); });
  return tasks;
}

}  // namespace rlrun
