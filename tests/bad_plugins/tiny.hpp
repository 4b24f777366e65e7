#pragma once
// A small task and a small method that keep every promise, for the plugins here to break one each.

#include <algorithm>
#include <memory>

#include "rlrun/plugin.hpp"

namespace bad {

using namespace rlrun;

/// A point on a line that is pushed left and right, and is to stay near zero. 20 steps.
class TinyEnv : public Env {
 public:
  struct Params {
    std::int64_t after = 30;
    void fields(Fields& f) {
      f("after", after, "Steps of an instance before it misbehaves.", at_least(0));
    }
  };
  explicit TinyEnv(const Params& params) : params_(params) {}

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }

  void reset(Rng rng, VectorFOut observation) override {
    position_ = rng.uniform(-1, 1);
    velocity_ = 0;
    observe(observation);
  }

  Transition step(VectorFIn action, VectorFOut observation) override {
    velocity_ += 0.1 * static_cast<double>(std::clamp(action[0], -1.0f, 1.0f));
    position_ += 0.1 * velocity_;
    observe(observation);
    Transition transition{.reward = -position_ * position_};
    if (++steps_ > params_.after) misbehave(transition, observation);
    return transition;
  }

 protected:
  virtual void misbehave(Transition& /*transition*/, VectorFOut /*observation*/) {}
  void observe(VectorFOut observation) const {
    observation[0] = static_cast<float>(position_);
    observation[1] = static_cast<float>(velocity_);
  }

  Params params_;
  EnvSpec spec_{.observation = unbounded(2), .action = box(1, -1, 1), .horizon = 20};
  double position_ = 0, velocity_ = 0;
  std::int64_t steps_ = 0;  // of this instance
};

/// Perturbs the parameters and keeps what was better.
class TinyAlgorithm : public Algorithm {
 public:
  struct Params {
    std::int64_t batch_steps = 100;
    std::int64_t after = 2;
    void fields(Fields& f) {
      f("batch_steps", batch_steps, "Least number of steps per iteration.", at_least(1));
      f("after", after, "Iterations before it misbehaves.", at_least(0));
    }
  };
  using PolicyType = Policy;
  TinyAlgorithm(const Params& params, std::unique_ptr<Policy> policy, const EnvSpec&, Rng)
      : params_(params), policy_(std::move(policy)), best_params_(policy_->params()) {}

  void iterate(Iteration& it) override {
    const Batch batch = it.sampler.collect(*policy_, params_.batch_steps);
    double score = 0;
    for (const Episode& episode : batch) score += episode.total_reward() / double(batch.size());
    if (it.index == 0 || score > best_score_) {
      best_score_ = score;
      best_params_ = policy_->params();
    }
    VectorF step(best_params_.size());
    it.rng.fill_normal(step);
    policy_->set_params(best_params_ + 0.01f * step);
    it.metrics["best"] = best_score_;
    if (it.index >= params_.after) misbehave(it);
  }
  [[nodiscard]] const Policy& policy() const override { return *policy_; }
  void state(Archive& archive) override {
    archive("best_params", best_params_);
    archive("best_score", best_score_);
    VectorF params = policy_->params();
    archive("params", params);
    policy_->set_params(params);
  }

 protected:
  virtual void misbehave(Iteration& /*it*/) {}

  Params params_;
  std::unique_ptr<Policy> policy_;
  VectorF best_params_;
  double best_score_ = 0;
};

/// Registers one environment that is otherwise fine.
template <class T = TinyEnv>
void add_env(Registry& registry, const char* name) {
  registry.add(env<T>(name, "A task that misbehaves as its name says.", "none"));
}

template <class T = TinyAlgorithm>
void add_algorithm(Registry& registry, const char* name) {
  registry.add(
      algorithm<T>(name, "A method that misbehaves as its name says.", "none", "gaussian_mlp"));
}

}  // namespace bad
