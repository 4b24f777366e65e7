#pragma once
// Rewards times a number.

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// Scores are of the scaled rewards: this is another task.
class RewardScale final : public EnvWrapper {
 public:
  struct Params {
    double scale = 1;

    void fields(Fields& f) {
      f("scale", scale, "What rewards are multiplied with; -1 turns a task around.");
    }
  };

  RewardScale(const Params& params, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)), scale_(params.scale) {}

  StateAccess* state_access() override { return inner().state_access(); }

 private:
  void on_step(Transition& transition, VectorFIn next, VectorFOut observation) override {
    transition.reward *= scale_;
    observation = next;
  }

  double scale_;
};

}  // namespace rlrun::wrappers
