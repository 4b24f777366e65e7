#include "scaffold.hpp"

namespace rlrun::commands {
namespace {

constexpr const char* kSource = R"(// @name@: a random search, to start from.
//
//   H. Mania, A. Guy and B. Recht, "Simple random search of static linear policies is competitive
//   for reinforcement learning", NeurIPS 2018: version V1, with all directions.
//
//   paper   here         meaning
//   N       directions   directions per iteration, each tried both ways
//   nu      noise        length of a trial step in each parameter
//   alpha   step_size    length of the step that is made

#include <cmath>
#include <memory>
#include <utility>

#include "rlrun/plugin.hpp"

namespace rlrun::plugins {

class @Class@Algorithm final : public Algorithm {
 public:
  // Any policy with parameters will do, also one with memory.
  using PolicyType = Policy;
  static constexpr bool kTrainsMemory = true;

  struct Params {
    std::int64_t directions = 16;
    std::int64_t episodes = 1;
    double noise = 0.1;
    double step_size = 0.1;

    void fields(Fields& f) {
      f("directions", directions, "Directions per iteration (N).", at_least(1));
      f("episodes", episodes, "Episodes per candidate.", at_least(1));
      f("noise", noise, "Standard deviation of the perturbations (nu).", more_than(0));
      f("step_size", step_size, "Step size (alpha).", more_than(0));
    }
  };

  @Class@Algorithm(const Params& params, std::unique_ptr<Policy> policy, const EnvSpec& /*spec*/,
      Rng /*rng*/)
      : p_(params), policy_(std::move(policy)), theta_(policy_->params()) {}

  void iterate(Iteration& it) override {
    const Index n = p_.directions;

    // delta_k ~ N(0, I); the candidates are theta + nu delta_k and theta - nu delta_k
    MatrixF delta(theta_.size(), n);
    for (Index k = 0; k < n; ++k) it.rng.fill_normal(delta.col(k));
    MatrixF candidates(theta_.size(), 2 * n);
    candidates.leftCols(n) = (static_cast<float>(p_.noise) * delta).colwise() + theta_;
    candidates.rightCols(n) = (static_cast<float>(-p_.noise) * delta).colwise() + theta_;
    const Vector r = it.sampler.evaluate(*policy_, candidates, p_.episodes).returns;

    // theta <- theta + alpha / (N sigma_R) sum_k (r_k+ - r_k-) delta_k
    const double spread = std::sqrt((r.array() - r.mean()).square().mean());
    if (spread > 0) {
      const double scale = p_.step_size / (static_cast<double>(n) * spread);
      theta_ += delta * (scale * (r.head(n) - r.tail(n))).cast<float>();
    }
    policy_->set_params(theta_);
    it.metrics["spread"] = spread;
  }

  [[nodiscard]] const Policy& policy() const override { return *policy_; }

  // Everything that the next iteration depends on.
  void state(Archive& archive) override {
    archive("theta", theta_);
    if (archive.restoring()) policy_->set_params(theta_);
  }

 private:
  Params p_;
  std::unique_ptr<Policy> policy_;
  VectorF theta_;
};

inline void register_@name@(Registry& registry) {
  registry.add(algorithm<@Class@Algorithm>("@name@", "Random search in parameter space",
                                           "Mania et al. 2018", "deterministic_mlp"));
}

}  // namespace rlrun::plugins

RLRUN_PLUGIN("@name@", "0.1.0", "algorithm:@name@", rlrun::plugins::register_@name@)
)";

constexpr const char* kExperiment = R"({
  "format": 1,
  "title": "A first look at @name@",
  "seeds": [1, 2, 3],
  "budget": {"iterations": 200},
  "envs": [{"name": "cartpole_balancing", "params": {"horizon": 200}}],
  "algorithms": [
    {"name": "@name@", "policy": {"params": {"hidden": [16]}}},
    {"name": "random", "params": {"batch_steps": 2000}}
  ]
}
)";

constexpr const char* kReadme = R"(# @name@

A learning rule for rlrun. As it stands it is the random search of Mania et al. 2018; replace it by
your own.

    cmake -S . -B build -DCMAKE_PREFIX_PATH=PREFIX    # where rlrun is installed, or its build folder
    cmake --build build
    export RLRUN_PLUGIN_PATH=$PWD/build/lib/rlrun/plugins
    rlrun list                                        # shows @name@
    rlrun check @name@                                # keep this green first
    rlrun sweep @name@.json && rlrun table results/@name@

1. Write the loop body of your paper into `iterate`. Threads, seeds, files, budgets and progress are
   the runner's business.
2. Declare each hyperparameter once in `Params`: name, default, sentence, range. Reading, checking,
   `rlrun describe` and sweeping follow from it.
3. Visit in `state` whatever the next iteration depends on, so that a killed trial goes on with the
   same bits; `rlrun check` finds what you forgot.
4. Name what you train as `PolicyType`: `Policy`, `StochasticPolicy` (densities and their
   gradients) or `DeterministicPolicy` (the network itself).
5. Draw random numbers from `it.rng` only, and fork it by name for each purpose.
6. Say at the top of the file which paper it is, and here where you leave it.

Source: .

Deviations: .

Status: .
)";

}  // namespace

std::vector<ScaffoldFile> algorithm_scaffold() {
  return plugin_files(kSource, "algorithms", kExperiment, kReadme);
}

}  // namespace rlrun::commands
