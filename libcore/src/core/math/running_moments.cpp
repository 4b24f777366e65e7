#include "rlrun/math/running_moments.hpp"

#include "rlrun/error.hpp"

namespace rlrun {

void Moments::add(VectorFIn column) {
  RLRUN_CHECK(column.size() == mean.size());
  count += 1;
  for (Index i = 0; i < column.size(); ++i) {
    const double x = double{column(i)}, delta = x - mean(i);
    mean(i) += delta / count;
    variance(i) += (delta * (x - mean(i)) - variance(i)) / count;
  }
}

void Moments::add(const Moments& columns) {
  if (columns.count == 0) return;
  RLRUN_CHECK(columns.mean.size() == mean.size());
  const double total = count + columns.count;
  const Vector delta = columns.mean - mean;
  variance = (variance * count + columns.variance * columns.count +
              (delta.array().square() * (count * columns.count / total)).matrix()) /
             total;
  mean += delta * (columns.count / total);
  count = total;
}

void RunningMoments::add(MatrixFIn columns) {
  add(columns.cast<double>().eval());
}

void RunningMoments::add(MatrixIn columns) {
  RLRUN_CHECK(columns.rows() == all_.mean.size());
  if (columns.cols() == 0) return;
  Moments batch(columns.rows());
  batch.count = static_cast<double>(columns.cols());
  for (Index j = 0; j < columns.cols(); ++j) batch.mean += columns.col(j);
  batch.mean /= batch.count;
  for (Index j = 0; j < columns.cols(); ++j)
    batch.variance.array() += (columns.col(j) - batch.mean).array().square();
  batch.variance /= batch.count;
  all_.add(batch);
}

void RunningMoments::add(const Moments& columns) {
  all_.add(columns);
}

void RunningMoments::state(Archive& archive) {
  archive("moments_mean", all_.mean);
  archive("moments_variance", all_.variance);
  archive("moments_count", all_.count);
}

}  // namespace rlrun
