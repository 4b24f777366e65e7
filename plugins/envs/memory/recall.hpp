#pragma once
// A task that asks for memory and for nothing else.

#include "rlrun/plugin.hpp"

namespace rlrun::memory {

/// The first observation is one of n cues, the others are empty; after `delay` more steps the action
/// that is the cue's pays 1, any other 0. Actions before the last do nothing. Whoever remembers
/// nothing earns 1 / n on average; who remembers, 1 (in the manner of the memory tasks of Osband et al. 2020).
///
/// Observation, (n + 1): the cue one-hot in the first step, then zeros; the share of the delay that
/// is over.
class Recall final : public Env {
 public:
  struct Params {
    std::int64_t cues = 4;
    std::int64_t delay = 20;

    void fields(Fields& f) {
      f("cues", cues, "Cues, and actions that answer them.", between(2, 1000));
      f("delay", delay, "Steps between the cue and the answer.", between(0, 1'000'000));
    }
  };

  explicit Recall(const Params& params)
      : p_(params),
        spec_{.observation = box(params.cues + 1, 0, 1),
              .action = Discrete{params.cues},
              .horizon = params.delay + 1} {}

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }

  void reset(Rng rng, VectorFOut observation) override {
    cue_ = rng.below(p_.cues);
    step_ = 0;
    observation.setZero();
    observation(cue_) = 1;
  }

  Transition step(VectorFIn action, VectorFOut observation) override {
    const bool last = step_++ == p_.delay;
    observation.setZero();
    observation(p_.cues) =
        std::min(1.0F, static_cast<float>(step_) / static_cast<float>(p_.delay + 1));
    const bool right = action(0) == static_cast<float>(cue_);
    return {.reward = last && right ? 1.0 : 0.0, .terminated = last};
  }

 private:
  Params p_;
  EnvSpec spec_;
  std::int64_t cue_ = 0, step_ = 0;
};

}  // namespace rlrun::memory
