// Acting without learning.
//
//   Y. Duan et al., "Benchmarking Deep Reinforcement Learning for Continuous Control", ICML 2016:
//   the "Random" column of Table 1.
//
// Plays whole episodes with the policy as it was made (but for the moments of observations, where
// the policy normalises). With the default policy, actions are uniform in the box of the task,
// which is what the published column holds.

#include "rlrun/normalization.hpp"
#include "rlrun/plugin.hpp"

namespace rlrun::algorithms {

class Random final : public Algorithm {
 public:
  using PolicyType = Policy;
  static constexpr bool kTrainsMemory = true;
  static constexpr bool kNormalizes = true;

  struct Params {
    std::int64_t batch_steps = 50'000;

    void fields(Fields& f) {
      f("batch_steps", batch_steps, "Steps of an iteration, rounded up to whole episodes.",
        at_least(1));
    }
    [[nodiscard]] Pace pace() const { return {.steps_per_iteration = batch_steps}; }
  };

  Random(const Params& params, std::unique_ptr<Policy> policy, const EnvSpec& /*spec*/, Rng /*rng*/)
      : p_(params), policy_(std::move(policy)), normalization_(*policy_) {}

  void iterate(Iteration& it) override {
    const Batch batch = it.sampler.collect(*policy_, p_.batch_steps);
    if (policy_->normalizes())
      for (const Episode& episode : batch) normalization_.update(episode.states());
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  void state(Archive& archive) override {
    VectorF params = policy_->params();
    archive("policy", params);
    if (archive.restoring()) policy_->set_params(params);
    normalization_.state(archive);
  }

 private:
  Params p_;
  std::unique_ptr<Policy> policy_;
  Normalization normalization_;
};

inline void register_random(Registry& registry) {
  registry.add(algorithm<Random>("random", "Acts without learning", "Duan et al. 2016", "uniform"));
}

}  // namespace rlrun::algorithms

RLRUN_PLUGIN("random", "1.0.0", "algorithm:random", rlrun::algorithms::register_random)
