#pragma once
// Rewards that come late (the delayed rewards of Oh et al. 2018, and others).

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// Holds rewards back and pays their sum every so many steps, and what is left at the end of the
/// episode. The return of an episode stays what it is.
class SparseReward final : public EnvWrapper {
 public:
  struct Params {
    std::int64_t every = 0;

    void fields(Fields& f) {
      f("every", every, "Steps between two payments; 0: one payment, at the end of the episode.",
        at_least(0));
    }
  };

  SparseReward(const Params& params, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)), every_(params.every) {}

 private:
  void on_reset(const Rng& /*rng*/, VectorFIn first, VectorFOut observation) override {
    steps_ = 0;
    held_ = 0;
    observation = first;
  }
  void on_step(Transition& transition, VectorFIn next, VectorFOut observation) override {
    ++steps_;
    held_ += transition.reward;
    transition.reward = 0;
    const bool over = transition.ended() || steps_ >= inner_spec().horizon;
    if (over || (every_ > 0 && steps_ % every_ == 0)) std::swap(transition.reward, held_);
    observation = next;
  }

  Index every_, steps_ = 0;
  double held_ = 0;
};

}  // namespace rlrun::wrappers
