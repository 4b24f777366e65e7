#pragma once
// What is subtracted from returns to make advantages.

#include "rlrun/archive.hpp"
#include "rlrun/episode.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// An estimate of the return from each state of an episode.
class RLRUN_API Baseline {
 public:
  virtual ~Baseline();
  /// One value for each column of `episode.observations`, (T + 1). Thread-safe.
  [[nodiscard]] virtual Vector predict(const Episode& episode) const = 0;
  /// Fits to one target for each step of the batch, in order; (n_steps(batch)).
  virtual void fit(const Batch& batch, VectorIn targets) = 0;
  virtual void state(Archive& archive) = 0;
};

}  // namespace rlrun
