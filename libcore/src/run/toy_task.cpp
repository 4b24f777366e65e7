#include "toy_task.hpp"

#include <algorithm>
#include <cmath>

namespace rlrun::commands {
namespace {

class ToyTask final : public Env {
 public:
  explicit ToyTask(bool discrete) : discrete_(discrete) {
    if (discrete) spec_.action = Discrete{3};
  }

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }

  void reset(Rng rng, VectorFOut observation) override {
    position_ = rng.uniform(-1, 1);
    velocity_ = rng.uniform(-1, 1);
    write(observation);
  }

  Transition step(VectorFIn action, VectorFOut observation) override {
    const double force = discrete_ ? double{action(0)} - 1 : std::clamp(double{action(0)}, -1., 1.);
    velocity_ += 0.3 * force;
    position_ += 0.3 * velocity_;
    write(observation);
    return {.reward = -position_ * position_ - 0.1 * velocity_ * velocity_,
            .terminated = std::abs(position_) > 3};
  }

 private:
  void write(VectorFOut observation) const {
    observation << static_cast<float>(position_), static_cast<float>(velocity_);
  }

  bool discrete_;
  EnvSpec spec_{.observation = unbounded(2), .action = box(1, -1, 1), .horizon = 25};
  double position_ = 0, velocity_ = 0;
};

}  // namespace

EnvFactory toy_task(bool discrete) {
  return [discrete] { return std::make_unique<ToyTask>(discrete); };
}

}  // namespace rlrun::commands
