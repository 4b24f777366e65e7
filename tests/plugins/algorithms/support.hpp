#pragma once
// Running an algorithm in a test, without files.

#include <cstdint>
#include <memory>

#include "rlrun/algorithm.hpp"
#include "rlrun/policies/categorical_mlp.hpp"
#include "rlrun/policies/deterministic_mlp.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

#include "contracts/algorithm_contract.hpp"
#include "contracts/toy_envs.hpp"
#include "run/sampler.hpp"

namespace support {

using namespace rlrun;  // NOLINT(google-build-using-namespace): for tests only

/// An algorithm over a Gaussian policy with one small hidden layer.
template <class Algorithm>
std::unique_ptr<Algorithm> with_gaussian(const typename Algorithm::Params& params,
                                         const EnvSpec& spec, const Rng& rng,
                                         double initial_std = 1,
                                         std::vector<std::int64_t> hidden = {8}) {
  GaussianMlp::Params policy;
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

}  // namespace support
