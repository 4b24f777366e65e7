#pragma once
// Mean and variance of what has been seen so far.

#include "rlrun/archive.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Mean and population variance of each row of all columns that were added, batch by batch (Chan,
/// Golub and LeVeque 1979). Starts as if 1e-4 columns of mean 0 and variance 1 had been seen.
class RLRUN_API RunningMoments {
 public:
  explicit RunningMoments(Index rows = 0)
      : mean_(Vector::Zero(rows)), variance_(Vector::Ones(rows)) {}

  void add(MatrixFIn columns);
  void add(MatrixIn columns);

  [[nodiscard]] const Vector& mean() const { return mean_; }
  [[nodiscard]] const Vector& variance() const { return variance_; }
  /// 1 / sqrt(variance + 1e-8)
  [[nodiscard]] Vector inverse_std() const { return (variance_.array() + 1e-8).rsqrt(); }
  void state(Archive& archive);

 private:
  void merge(const Vector& mean, const Vector& variance, double count);

  Vector mean_, variance_;
  double count_ = 1e-4;
};

}  // namespace rlrun
