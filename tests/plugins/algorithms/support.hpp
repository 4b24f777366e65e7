#pragma once
// Running an algorithm in a test, without files.

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rlrun/algorithm.hpp"
#include "rlrun/policies/categorical_mlp.hpp"
#include "rlrun/policies/deterministic_mlp.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"
#include "rlrun/policies/gaussian_policy.hpp"

#include "check/gradient_check.hpp"
#include "contracts/algorithm_contract.hpp"
#include "contracts/toy_envs.hpp"
#include "sample/sampler.hpp"

namespace support {

using namespace rlrun;  // NOLINT(google-build-using-namespace): for tests only

/// The policy of `with_gaussian`.
inline std::unique_ptr<StochasticPolicy> small_gaussian(const EnvSpec& spec, const Rng& rng) {
  GaussianMlp::Params params;
  params.hidden = {8};
  return std::make_unique<GaussianMlp>(params, spec, rng.fork("policy"));
}

/// An algorithm over a Gaussian policy with one small hidden layer.
template <class Algorithm>
std::unique_ptr<Algorithm> with_gaussian(const typename Algorithm::Params& params,
                                         const EnvSpec& spec, const Rng& rng,
                                         double initial_std = 1,
                                         std::vector<std::int64_t> hidden = {8},
                                         bool normalize_observations = false) {
  GaussianMlp::Params policy;
  policy.normalize_observations = normalize_observations;
  policy.hidden = std::move(hidden);
  policy.initial_std = initial_std;
  return std::make_unique<Algorithm>(
      params, std::make_unique<GaussianMlp>(policy, spec, rng.fork("policy")), spec,
      rng.fork("learner"));
}

/// A trial in memory: the sampler and the loop of the runner around one algorithm.
class Trial {
 public:
  explicit Trial(const EnvFactory& env, std::uint64_t seed = 1)
      : root_(seed), sampler_(env, root_.fork("sampler")) {}

  [[nodiscard]] const EnvSpec& spec() const { return sampler_.spec(); }
  [[nodiscard]] TrialSampler& sampler() { return sampler_; }
  [[nodiscard]] const Rng& root() const { return root_; }

  /// One iteration; returns its metrics.
  Metrics iterate(Algorithm& algorithm) {
    Metrics metrics;
    sampler_.begin_iteration(index_);
    Iteration it{index_, 0, root_.fork("iteration").fork(static_cast<std::uint64_t>(index_)),
                 sampler_, metrics};
    algorithm.iterate(it);
    ++index_;
    return metrics;
  }
  void iterate(Algorithm& algorithm, int times) {
    for (int i = 0; i < times; ++i) iterate(algorithm);
  }

 private:
  Rng root_;
  TrialSampler sampler_;
  Index index_ = 0;
};

/// The vectors of a saved state, by name and in the order in which they were visited.
class Saved final : public Archive {
 public:
  explicit Saved(Algorithm& algorithm) { algorithm.state(*this); }
  [[nodiscard]] bool restoring() const override { return false; }
  [[nodiscard]] VectorF vector(const std::string& name, std::size_t i = 0) const {
    const std::string& content = parts_.at(name).at(2 * i + 1);  // its size comes first
    VectorF values(static_cast<Index>(content.size() / sizeof(float)));
    std::memcpy(values.data(), content.data(), content.size());
    return values;
  }

 protected:
  void bytes(const char* name, void* data, std::size_t size) override {
    parts_[name].emplace_back(static_cast<const char*>(data), size);
  }

 private:
  std::map<std::string, std::vector<std::string>> parts_;
};

/// The gradient along which Adam, the `i`th of an algorithm, made the one step between two states: its
/// first moment becomes beta_1 times what it was plus 1 - beta_1 times the gradient.
inline VectorF gradient_of_step(const Saved& before, const Saved& after, std::size_t i) {
  return (after.vector("adam_first", i) - 0.9F * before.vector("adam_first", i)) / 0.1F;
}

/// Empty if that gradient is the one of `loss` at `params`.
inline std::string compare_gradient(const VectorF& gradient, const VectorF& params,
                                    const std::function<double(const VectorF&)>& loss) {
  return compare_with_differences({.name = "the gradient of the step",
                                   .of = "the loss",
                                   .gradient = gradient,
                                   .magnitude = 1 + std::abs(loss(params)),
                                   .value = loss},
                                  params, params.size(), Rng(1));
}

/// The mean return of the episodes in the last tenth of so many steps of training.
inline double return_in_the_end(Trial& trial, Algorithm& algorithm, std::int64_t steps) {
  double sum = 0, n = 0;
  while (trial.sampler().total_steps() < steps) {
    trial.iterate(algorithm);
    const SampleLog log = trial.sampler().take_log();
    if (trial.sampler().total_steps() < steps / 10 * 9) continue;
    for (const double value : log.episodes.returns) sum += value;
    n += static_cast<double>(log.episodes.returns.size());
  }
  return sum / n;
}

/// One of four states after the other, whatever is done; reward -(a - s/4)^2. Shown by its number as
/// one of four choices, or by an indicator for each.
template <bool kIndicators>
class Which final : public Env {
 public:
  Which() {
    if (kIndicators) spec_.observation = unbounded(4);
  }
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    rng_ = rng;
    show(observation);
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    const double miss = double{action(0)} - static_cast<double>(state_) / 4;
    show(observation);
    return {.reward = -miss * miss};
  }

 private:
  void show(VectorFOut observation) {
    state_ = rng_.below(4);
    observation.setZero();
    observation(kIndicators ? state_ : 0) = kIndicators ? 1.0F : static_cast<float>(state_);
  }
  EnvSpec spec_{Discrete{4}, box(1, -1, 1), 10};
  Rng rng_{0};
  Index state_ = 0;
};

/// All networks of a method, its value networks too, see a choice as its indicators: it learns the
/// same, bit for bit, as where the task shows them itself.
inline void check_sees_one_hot(const AlgorithmFactory& make, int iterations = 4) {
  const auto learned = [&](const EnvFactory& env) -> VectorF {
    Trial trial(env);
    const auto algorithm = make(trial.spec(), Rng(3));
    const VectorF before = algorithm->policy().params();
    trial.iterate(*algorithm, iterations);
    CHECK(algorithm->policy().params() != before);
    return algorithm->policy().params();
  };
  CHECK(learned(toys::factory<Which<false>>()) == learned(toys::factory<Which<true>>()));
}

/// Shows a number from N(5, 1/2) after every step, whatever is done; reward -a^2.
class Haze final : public Env {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    rng_ = rng;
    show(observation);
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    show(observation);
    return {.reward = -double{action(0)} * double{action(0)}};
  }

 private:
  void show(VectorFOut observation) {
    observation(0) = 5 + 0.5F * static_cast<float>(rng_.normal());
  }
  EnvSpec spec_{unbounded(1), box(1, -1, 1), 20};
  Rng rng_{0};
};

/// A method that keeps the moments that its policy normalises with, of 100 steps an iteration or
/// more: they are those of what was seen, on any number of threads and after a restart.
template <class Algorithm>
void check_normalizes(const typename Algorithm::Params& params) {
  const auto make = [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<rlrun::Algorithm> {
    return with_gaussian<Algorithm>(params, task, rng, 1, {8}, true);
  };
  contracts::check_algorithm(make, toys::factory<Haze>());

  Trial trial(toys::factory<Haze>());
  const auto algorithm = make(trial.spec(), Rng(3));
  trial.iterate(*algorithm, 5);
  const VectorF last = algorithm->policy().params().tail(2);
  CHECK(double{last(0)} == Approx(5).margin(0.08));
  CHECK(double{last(1)} == Approx(2).margin(0.2));
}

/// A method that trains policies which remember: the laws of algorithms hold with one.
template <class Algorithm>
void check_remembers(const typename Algorithm::Params& params) {
  for (const char* network : {"lstm", "gru"}) {
    GaussianPolicy::Params policy;
    policy.network = network;
    policy.hidden = {4};
    contracts::check_algorithm(
        [&](const EnvSpec& task, const Rng& rng) -> std::unique_ptr<rlrun::Algorithm> {
          return std::make_unique<Algorithm>(
              params, std::make_unique<GaussianPolicy>(policy, task, rng.fork("policy")), task,
              rng.fork("learner"));
        },
        toys::factory<toys::Regulator>());
  }
}

}  // namespace support
