#pragma once
// The columns of several sequences in the order in which a recurrent network takes them.

#include <utility>
#include <vector>

#include "rlrun/nn/network.hpp"

namespace rlrun::nn {

/// Step by step instead of sequence by sequence. The longest sequences come first within a step, so
/// that those which go on are the first columns of the step before.
class TimeOrder {
 public:
  /// Allocates nothing once it has seen as many steps and sequences.
  void arrange(const Steps& steps);

  [[nodiscard]] Index cols() const { return static_cast<Index>(columns_.size()); }
  [[nodiscard]] Index sequences() const { return static_cast<Index>(by_length_.size()); }
  [[nodiscard]] Index n_steps() const { return static_cast<Index>(from_.size()) - 1; }
  /// First place of a step, and how many sequences take it. None take the step after the last.
  [[nodiscard]] Index from(Index step) const { return from_[std::size_t(step)]; }
  [[nodiscard]] Index running(Index step) const {
    return step < n_steps() ? from(step + 1) - from(step) : 0;
  }
  /// The sequence of a rank within a step, and the column that a place takes.
  [[nodiscard]] Index sequence(Index rank) const { return by_length_[std::size_t(rank)].second; }
  [[nodiscard]] Index column(Index place) const { return columns_[std::size_t(place)]; }

  /// Whole steps together, so many that a product over them is worth its preparation: calls
  /// f(first step, step behind the last). The cut depends on the lengths alone.
  template <class F>
  void for_chunks(const F& f) const {
    for (std::size_t i = 0; i + 1 < chunks_.size(); ++i) f(chunks_[i], chunks_[i + 1]);
  }
  /// The same from the last to the first.
  template <class F>
  void for_chunks_backward(const F& f) const {
    for (std::size_t i = chunks_.size() - 1; i > 0; --i) f(chunks_[i - 1], chunks_[i]);
  }
  [[nodiscard]] Index most_chunk_cols() const { return most_chunk_cols_; }

 private:
  std::vector<std::pair<Index, Index>> by_length_;  // -length, sequence
  std::vector<Index> from_, columns_, chunks_;
  Index most_chunk_cols_ = 0;
};

}  // namespace rlrun::nn
