#pragma once
// How a method keeps what a policy normalises observations with.

#include "rlrun/archive.hpp"
#include "rlrun/math/running_moments.hpp"
#include "rlrun/policy.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// The moments of all observations that a method has acted on. `update` adds some and lets the
/// policy shift by their mean and scale by their deviation; it belongs at the end of an iteration,
/// so that what was sampled and what is learned from it see observations alike. Does nothing for a
/// policy that does not normalise.
///
/// A method that has one says so with `static constexpr bool kNormalizes = true`; others are
/// refused with policies that normalise (rlrun/registry.hpp).
class RLRUN_API Normalization {
 public:
  /// `policy` must outlive it.
  explicit Normalization(Policy& policy)
      : policy_(policy), moments_(policy.normalization_size() / 2) {}

  void update(MatrixFIn observations);
  void update(const Moments& observations);
  /// The shift and scale that follow are among the policy's parameters and not visited here.
  void state(Archive& archive);

 private:
  void apply();

  Policy& policy_;
  RunningMoments moments_;
};

}  // namespace rlrun
