#pragma once
// The scalar and matrix types of the project.
//
// Observations, actions and network parameters are float; rewards, returns, statistics, physics and
// search distributions are double. Columns are samples: a batch of n observations is (obs_dim, n).

#include <cstdint>

#include <Eigen/Core>

#if defined(__GNUC__)
#define RLRUN_API __attribute__((visibility("default")))
#else
#define RLRUN_API
#endif

namespace rlrun {

using Index = Eigen::Index;

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using VectorF = Eigen::VectorXf;
using MatrixF = Eigen::MatrixXf;

// Read-only views: columns, blocks and maps pass without a copy.
using VectorIn = const Eigen::Ref<const Vector>&;
using MatrixIn = const Eigen::Ref<const Matrix>&;
using VectorFIn = const Eigen::Ref<const VectorF>&;
using MatrixFIn = const Eigen::Ref<const MatrixF>&;

// Writable views, sized by the caller.
using VectorOut = Eigen::Ref<Vector>;
using VectorFOut = Eigen::Ref<VectorF>;
using MatrixFOut = Eigen::Ref<MatrixF>;

}  // namespace rlrun
