#pragma once
// What a method may ask about its budget. Where the answer depends on how large that is, this is
// noticed: up to there the training is the same under every larger budget, which goes on from there.

#include <algorithm>
#include <limits>

#include "rlrun/types.hpp"

namespace rlrun {

/// Share of the budget that is used up, in [0, 1]. Whoever reads it as a number depends on the
/// budget.
class Progress {
 public:
  /// `noticed` is set by the first who reads; null if nobody wants to know.
  Progress(double share, bool* noticed = nullptr) : share_(share), noticed_(noticed) {}
  operator double() const {
    if (noticed_ != nullptr) *noticed_ = true;
    return share_;
  }

 private:
  double share_;
  bool* noticed_;
};

/// Environment steps that are left of a budget.
class StepsLeft {
 public:
  StepsLeft() = default;  ///< Without end: the budget is in iterations.
  /// `noticed` is set by the first answer that more steps might change; null if nobody wants to know.
  explicit StepsLeft(Index count, bool* noticed = nullptr) : count_(count), noticed_(noticed) {}

  /// `steps`, or what is left if that is less.
  [[nodiscard]] Index at_most(Index steps) const { return count_ < steps ? Index(*this) : steps; }

  /// A batch of `steps`, or of fewer if less than two of them are left: the last two share what is
  /// left, so that the budget is kept and no update is made from a tiny batch.
  [[nodiscard]] Index batch(Index steps) const {
    if (count_ / 2 >= steps) return steps;
    const Index left = std::max<Index>(*this, 1);
    return left > steps ? left - left / 2 : left;
  }

  /// The number itself. Whoever reads it depends on the budget.
  operator Index() const {
    if (noticed_ != nullptr) *noticed_ = true;
    return count_;
  }

 private:
  Index count_ = std::numeric_limits<Index>::max();
  bool* noticed_ = nullptr;
};

}  // namespace rlrun
