#pragma once
// Each action for several steps (frame skip).

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// One step is `times` steps of the task with the same action, fewer if it ends; its reward is their
/// sum. The horizon counts these longer steps.
class ActionRepeat final : public EnvWrapper, public Renderable {
 public:
  struct Params {
    std::int64_t times = 2;

    void fields(Fields& f) {
      f("times", times, "Steps of the task for each action.", between(1, 10'000));
    }
  };

  ActionRepeat(const Params& params, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)), times_(params.times), picture_(inner().renderable()) {
    own_spec().horizon = (inner_spec().horizon + times_ - 1) / times_;
  }

  Transition step(VectorFIn action, VectorFOut observation) override {
    double total = 0;
    Transition last;
    for (Index i = 0; i < times_; ++i) {
      last = inner().step(action, observation);
      total += last.reward;
      if (last.ended()) break;
    }
    last.reward = total;
    return last;
  }

  BareEngine* bare_engine() override { return nullptr; }
  SplitStep* split_step() override { return nullptr; }
  Renderable* renderable() override { return picture_ == nullptr ? nullptr : this; }
  void render(Frame& frame) override { picture_->render(frame); }
  [[nodiscard]] double seconds_per_step() const override {
    return static_cast<double>(times_) * picture_->seconds_per_step();
  }

 private:
  Index times_;
  Renderable* picture_;  // of the inner environment; null if it cannot be drawn
};

}  // namespace rlrun::wrappers
