#include "rlrun/math/running_moments.hpp"

#include "rlrun/error.hpp"

namespace rlrun {

void RunningMoments::add(MatrixFIn columns) {
  add(columns.cast<double>().eval());
}

void RunningMoments::add(MatrixIn columns) {
  RLRUN_CHECK(columns.rows() == mean_.size());
  if (columns.cols() == 0) return;
  const auto n = static_cast<double>(columns.cols());
  Vector mean = Vector::Zero(columns.rows()), variance = mean;
  for (Index j = 0; j < columns.cols(); ++j) mean += columns.col(j);
  mean /= n;
  for (Index j = 0; j < columns.cols(); ++j)
    variance.array() += (columns.col(j) - mean).array().square();
  merge(mean, variance / n, n);
}

void RunningMoments::merge(const Vector& mean, const Vector& variance, double count) {
  const double total = count_ + count;
  const Vector delta = mean - mean_;
  variance_ = (variance_ * count_ + variance * count +
               (delta.array().square() * (count_ * count / total)).matrix()) /
              total;
  mean_ += delta * (count / total);
  count_ = total;
}

void RunningMoments::state(Archive& archive) {
  archive("moments_mean", mean_);
  archive("moments_variance", variance_);
  archive("moments_count", count_);
}

}  // namespace rlrun
