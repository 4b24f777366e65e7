#pragma once
// Observations on their way into a network.

#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/types.hpp"
#include "rlrun/workspace.hpp"

namespace rlrun::nn {

/// Observations that are choices, as indicators: an entry that is one of n choices becomes n
/// entries, of which the chosen one is 1 and the others are 0. Entries follow each other in their
/// order. An index is a name and no quantity: a network that sees it as a number must take
/// neighbouring states for similar ones.
class RLRUN_API OneHot {
 public:
  OneHot() = default;  ///< Off: for numbers.
  /// Off for a Box.
  explicit OneHot(const Space& space) : n_choices_(n_choices(space)) {}

  [[nodiscard]] bool on() const { return !n_choices_.empty(); }
  [[nodiscard]] Index size() const;  ///< Entries of an encoded observation.
  /// Which entries of the encoding are 1, one after the other: calls `chosen(place)`. Throws
  /// TrialError for an entry that is none of its choices.
  template <class Chosen>
  void for_each_chosen(const float* observation, const Chosen& chosen) const {
    Index first = 0;
    for (const Index n : n_choices_) {
      if (!is_choice(*observation, n)) not_a_choice(*observation, n);
      chosen(first + static_cast<Index>(*observation++));
      first += n;
    }
  }

 private:
  [[noreturn]] static void not_a_choice(float value, Index n);

  std::vector<Index> n_choices_;  // of each observation entry
};

/// What a network sees of an observation: choices one-hot, and numbers as they are or, where it
/// normalises, as clip((o - shift) * scale, +-10).
class RLRUN_API ObservationInput {
 public:
  enum class Scaling { kNone, kShiftAndScale };
  /// Numbers as they are.
  explicit ObservationInput(Index obs_dim, Scaling scaling = Scaling::kNone);
  /// Choices one-hot, numbers as they are.
  explicit ObservationInput(const Space& space);

  [[nodiscard]] Index size() const { return size_; }  ///< Inputs of the network.
  [[nodiscard]] const OneHot& one_hot() const { return one_hot_; }

  /// Entries at the end of the policy's parameters: shifts and then scales; 0 if nothing is scaled.
  [[nodiscard]] Index n_params() const { return 2 * shift_.size(); }
  void read(VectorFIn params);          ///< From the end of the policy's parameters.
  void write(VectorFOut params) const;  ///< To the end of the policy's parameters.

  /// Writes (size, n) for observations (obs_dim, n). To the bit, a column follows from its own.
  void apply(MatrixFIn observations, MatrixFOut out) const;
  /// The observations themselves if they are seen as they are, else their image in `storage`.
  [[nodiscard]] Eigen::Ref<const MatrixF> view(MatrixFIn observations, Workspace& storage) const;

 private:
  [[nodiscard]] bool scales() const { return shift_.size() > 0; }

  Index size_;
  OneHot one_hot_;
  VectorF shift_, scale_;  // empty: nothing is scaled
};

}  // namespace rlrun::nn
