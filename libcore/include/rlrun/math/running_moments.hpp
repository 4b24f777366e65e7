#pragma once
// Mean and variance of what has been seen so far.

#include "rlrun/archive.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Mean and population variance of each row of some columns.
struct RLRUN_API Moments {
  double count = 0;
  Vector mean, variance;

  /// Of no columns yet.
  explicit Moments(Index rows = 0) : mean(Vector::Zero(rows)), variance(Vector::Zero(rows)) {}
  void add(VectorFIn column);        ///< One more column (Welford 1962). No allocation.
  void add(const Moments& columns);  ///< Other columns (Chan, Golub and LeVeque 1979).
};

/// Moments of all columns that were added, batch by batch. Starts as if 1e-4 columns of mean 0 and
/// variance 1 had been seen.
class RLRUN_API RunningMoments {
 public:
  explicit RunningMoments(Index rows = 0) : all_(rows) {
    all_.count = 1e-4;
    all_.variance.setOnes();
  }

  void add(MatrixFIn columns);
  void add(MatrixIn columns);
  void add(const Moments& columns);

  [[nodiscard]] const Vector& mean() const { return all_.mean; }
  [[nodiscard]] const Vector& variance() const { return all_.variance; }
  /// 1 / sqrt(variance + 1e-8)
  [[nodiscard]] Vector inverse_std() const { return (all_.variance.array() + 1e-8).rsqrt(); }
  void state(Archive& archive);

 private:
  Moments all_;
};

}  // namespace rlrun
