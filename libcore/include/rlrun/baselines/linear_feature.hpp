#pragma once
// The linear time-feature baseline of Duan et al. 2016.

#include <utility>

#include "rlrun/baselines/baseline.hpp"
#include "rlrun/nn/observation_input.hpp"

namespace rlrun {

/// Ridge regression on c = clip(observation, -10, 10), c squared, u, u squared, u cubed and 1,
/// where u is the number of the step over 100 (Duan et al., "Benchmarking Deep Reinforcement
/// Learning for Continuous Control", ICML 2016). Of choices that the policy sees one-hot, the
/// indicators take the place of c and its square. Predicts 0 before the first fit. In double
/// throughout.
class RLRUN_API LinearFeatureBaseline final : public Baseline {
 public:
  /// With what the policy sees one-hot, if anything: `policy.input().one_hot()`.
  explicit LinearFeatureBaseline(nn::OneHot one_hot = {}, double ridge = 1e-5)
      : one_hot_(std::move(one_hot)), ridge_(ridge) {}

  [[nodiscard]] Vector predict(const Episode& episode) const override;
  /// Throws TrialError if no finite solution is found.
  void fit(const Batch& batch, VectorIn targets) override;
  void state(Archive& archive) override;

  /// (2 obs_dim + 4), or one for each choice + 4, in the order above; empty before the first fit.
  [[nodiscard]] const Vector& coefficients() const { return coefficients_; }

 private:
  nn::OneHot one_hot_;
  double ridge_;
  Vector coefficients_;
};

}  // namespace rlrun
