// Nothing is wrong with this one either: a task whose episodes last 20 or 400 steps, one as often
// as the other, whatever is done. Each step gives 1, so that any policy is worth 210 an episode.

#include "tiny.hpp"

namespace {

using namespace rlrun;

class VariedLengths : public Env {
 public:
  struct Params {
    void fields(Fields& /*f*/) {}
  };
  explicit VariedLengths(const Params& /*params*/) {}

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }

  void reset(Rng rng, VectorFOut observation) override {
    left_ = rng.uniform(0, 1) < 0.5 ? 20 : 400;
    observation.setZero();
  }

  Transition step(VectorFIn /*action*/, VectorFOut observation) override {
    observation.setZero();
    return {.reward = 1, .terminated = --left_ == 0};
  }

 private:
  EnvSpec spec_{.observation = unbounded(1), .action = box(1, -1, 1), .horizon = 400};
  int left_ = 0;
};

void register_all(Registry& registry) {
  registry.add(env<VariedLengths>("varied_lengths", "Episodes of 20 or 400 steps.", "none"));
}

}  // namespace

RLRUN_PLUGIN("varied_lengths", "1.0.0", "env:varied_lengths", register_all)
