#pragma once
// Observations on their way into a network.

#include "rlrun/types.hpp"
#include "rlrun/workspace.hpp"

namespace rlrun::nn {

/// clip((o - shift) * scale, +-10), where it is wanted; the default does nothing.
class RLRUN_API InputScaling {
 public:
  InputScaling() = default;
  explicit InputScaling(Index obs_dim)
      : shift_(VectorF::Zero(obs_dim)), scale_(VectorF::Ones(obs_dim)) {}

  [[nodiscard]] bool on() const { return shift_.size() > 0; }
  /// Entries at the end of the policy's parameters: shifts and then scales.
  [[nodiscard]] Index n_params() const { return 2 * shift_.size(); }
  void set(VectorFIn shift, VectorFIn scale);
  void read(VectorFIn params);          ///< From the end of the policy's parameters.
  void write(VectorFOut params) const;  ///< To the end of the policy's parameters.

  void apply(MatrixFIn observations, MatrixFOut out) const;
  /// The observations themselves if scaling is off, else their scaled copy in `storage`.
  [[nodiscard]] Eigen::Ref<const MatrixF> view(MatrixFIn observations, MatrixF& storage) const;
  [[nodiscard]] Eigen::Ref<const MatrixF> view(MatrixFIn observations, Workspace& storage) const;

 private:
  VectorF shift_, scale_;  // empty: off
};

}  // namespace rlrun::nn
