#include "rlrun/baselines/linear_feature.hpp"

#include <algorithm>
#include <vector>

#include <Eigen/Cholesky>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {
namespace {

constexpr double kClip = 10;
constexpr Index kTasks = 16;   // of the sums; part of the result, so not a matter of the threads
constexpr Index kBlock = 128;  // columns of features at a time

// What a step is described by.
struct Features {
  const nn::OneHot& one_hot;
  Index obs_dim;

  [[nodiscard]] Index of_observation() const { return one_hot.on() ? one_hot.size() : 2 * obs_dim; }
  [[nodiscard]] Index count() const { return of_observation() + 4; }
  void write(const float* observation, Index t, double* out) const;
};

void Features::write(const float* observation, Index t, double* out) const {
  if (one_hot.on()) {
    std::fill_n(out, one_hot.size(), 0.0);
    one_hot.for_each_chosen(observation, [&](Index place) { out[place] = 1; });
  } else {
    const Eigen::Map<const Eigen::ArrayXf> raw(observation, obs_dim);
    Eigen::Map<Eigen::ArrayXd> clipped(out, obs_dim), squared(out + obs_dim, obs_dim);
    clipped = raw.cast<double>().max(-kClip).min(kClip);
    squared = clipped.square();
  }
  const double u = static_cast<double>(t) / 100;
  double* time = out + of_observation();
  time[0] = u;
  time[1] = u * u;
  time[2] = u * u * u;
  time[3] = 1;
}

// The steps of a batch one after the other, from any place on.
class StepCursor {
 public:
  StepCursor(const Batch& batch, const std::vector<Index>& ends, Index step) : batch_(batch) {
    episode_ =
        static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), step) - ends.begin());
    t_ = episode_ == 0 ? step : step - ends[episode_ - 1];
  }
  [[nodiscard]] Index t() const { return t_; }
  [[nodiscard]] const float* observation() const {
    return batch_[episode_].observations.col(t_).data();
  }
  void next() {
    ++t_;
    while (episode_ < batch_.size() && t_ >= batch_[episode_].length()) {
      ++episode_;
      t_ = 0;
    }
  }

 private:
  const Batch& batch_;
  std::size_t episode_;
  Index t_;
};

// The lower triangle of the sum over steps of x x', where x is the features and, as the last entry,
// the target: the matrix and the right-hand side of the normal equations at once.
Matrix moments(const Batch& batch, VectorIn targets, const Features& features_of) {
  const Index n = targets.size(), size = features_of.count() + 1;
  std::vector<Index> ends;
  Index end = 0;
  for (const Episode& episode : batch) ends.push_back(end += episode.length());
  RLRUN_CHECK(end == n);

  std::vector<Matrix> sums(static_cast<std::size_t>(kTasks));
  parallel_for(kTasks, [&](Index task) {
    const Index first = n * task / kTasks, last = n * (task + 1) / kTasks;
    Matrix& sum = sums[static_cast<std::size_t>(task)];
    sum.setZero(size, size);
    if (first == last) return;
    Matrix features(size, kBlock);
    StepCursor step(batch, ends, first);
    for (Index start = first; start < last; start += kBlock) {
      const Index width = std::min(kBlock, last - start);
      for (Index i = 0; i < width; ++i, step.next()) {
        features_of.write(step.observation(), step.t(), features.col(i).data());
        features(size - 1, i) = targets(start + i);
      }
      sum.selfadjointView<Eigen::Lower>().rankUpdate(features.leftCols(width));
    }
  });
  Matrix total = Matrix::Zero(size, size);
  for (const Matrix& sum : sums) total += sum;
  return total;
}

}  // namespace

Vector LinearFeatureBaseline::predict(const Episode& episode) const {
  const Features features_of{one_hot_, episode.observations.rows()};
  const Index n = episode.observations.cols();
  Vector values = Vector::Zero(n);
  if (coefficients_.size() == 0) return values;
  RLRUN_CHECK(coefficients_.size() == features_of.count());
  Vector features(coefficients_.size());
  for (Index t = 0; t < n; ++t) {
    features_of.write(episode.observations.col(t).data(), t, features.data());
    values(t) = coefficients_.dot(features);
  }
  return values;
}

void LinearFeatureBaseline::fit(const Batch& batch, VectorIn targets) {
  if (targets.size() == 0) return;
  const Matrix sum = moments(batch, targets, {one_hot_, batch.front().observations.rows()});
  const Index size = sum.rows() - 1;
  // Features that are nearly collinear may ask for more ridge than usual.
  double ridge = ridge_;
  for (int attempt = 0; attempt < 5; ++attempt, ridge *= 10) {
    Matrix matrix = sum.topLeftCorner(size, size);
    matrix.diagonal().array() += ridge;
    const Eigen::LDLT<Matrix, Eigen::Lower> factors(matrix);
    if (factors.info() != Eigen::Success || !factors.isPositive()) continue;
    const Vector solution = factors.solve(sum.row(size).head(size).transpose());
    if (!solution.allFinite()) continue;
    coefficients_ = solution;
    return;
  }
  throw TrialError("the linear baseline has no finite solution; are the returns finite?");
}

void LinearFeatureBaseline::state(Archive& archive) {
  archive("coefficients", coefficients_);
}

}  // namespace rlrun
