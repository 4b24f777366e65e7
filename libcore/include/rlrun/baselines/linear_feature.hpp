#pragma once
// The linear time-feature baseline of Duan et al. 2016.

#include "rlrun/baselines/baseline.hpp"

namespace rlrun {

/// Ridge regression on c = clip(observation, -10, 10), c squared, u, u squared, u cubed and 1,
/// where u is the number of the step over 100 (Duan et al., "Benchmarking Deep Reinforcement
/// Learning for Continuous Control", ICML 2016). Predicts 0 before the first fit. In double
/// throughout.
class RLRUN_API LinearFeatureBaseline final : public Baseline {
 public:
  explicit LinearFeatureBaseline(double ridge = 1e-5) : ridge_(ridge) {}

  [[nodiscard]] Vector predict(const Episode& episode) const override;
  /// Throws TrialError if no finite solution is found.
  void fit(const Batch& batch, VectorIn targets) override;
  void state(Archive& archive) override;

  /// (2 obs_dim + 4) in the order above; empty before the first fit.
  [[nodiscard]] const Vector& coefficients() const { return coefficients_; }

 private:
  double ridge_;
  Vector coefficients_;
};

}  // namespace rlrun
