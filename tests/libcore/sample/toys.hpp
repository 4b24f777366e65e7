#pragma once
// A task and a policy small enough to know every number of.

#include <memory>

#include "rlrun/env.hpp"
#include "rlrun/policy.hpp"

namespace toys {

using namespace rlrun;

/// Position x starts uniformly in [0, 1) and grows by |a| + 0.1 each step; reward x; terminated at
/// x >= goal. The observation is (x, steps since reset).
class Climb final : public Env {
 public:
  Climb(double goal, Index horizon) : goal_(goal) {
    spec_.observation = unbounded(2);
    spec_.action = box(1, -1, 1);
    spec_.horizon = horizon;
  }
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    x_ = rng.uniform();
    t_ = 0;
    write(observation);
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    x_ += std::abs(double{action(0)}) + 0.1;
    ++t_;
    write(observation);
    return {.reward = x_, .terminated = x_ >= goal_};
  }

 private:
  void write(VectorFOut out) const {
    out(0) = static_cast<float>(x_);
    out(1) = static_cast<float>(t_);
  }
  EnvSpec spec_;
  double goal_, x_ = 0;
  int t_ = 0;
};

inline EnvFactory climb(double goal, Index horizon) {
  return [=] { return std::make_unique<Climb>(goal, horizon); };
}

/// a = parameter + noise, clipped by nobody.
class Noise final : public Policy {
 public:
  explicit Noise(float offset = 0) { params_ = VectorF::Constant(1, offset); }
  [[nodiscard]] std::unique_ptr<Policy> clone() const override {
    return std::make_unique<Noise>(*this);
  }
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override { params_ = params; }
  void act(const ActInput& in, MatrixFOut actions, Workspace& /*workspace*/) const override {
    for (Index i = 0; i < in.observations.cols(); ++i) {
      const auto noise =
          in.mode == ActMode::kGreedy ? 0.0 : in.streams[std::size_t(i)].uniform(-0.05, 0.05);
      actions(0, i) = params_(0) + static_cast<float>(noise);
    }
  }

 private:
  VectorF params_;
};

}  // namespace toys
