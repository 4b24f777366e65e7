#pragma once
// The columns of several sequences in the order in which a recurrent network takes them.

#include <algorithm>
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

  /// Part of the way through the sequences: ranks `first` ... `first + count` of one step, or all
  /// that run in several steps. Its places are neighbours.
  struct Piece {
    Index from_step, to_step, first, count;
  };
  /// The way in pieces of about `cols` columns: calls f(piece).
  template <class F>
  void for_pieces(Index cols, const F& f) const {
    for (Index t = 0; t < n_steps();) {
      const Index here = running(t);
      const Index to = here < cols ? step_behind(t, cols) : t + 1;
      const Index parts = to > t + 1 ? 1 : (here + cols - 1) / cols;
      for (Index i = 0; i < parts; ++i)
        f(Piece{t, to, here * i / parts, here * (i + 1) / parts - here * i / parts});
      t = to;
    }
  }
  /// Whole steps from the last to the first, at least `cols` columns at a time as long as there are
  /// so many: calls f(first step, step behind the last).
  template <class F>
  void for_chunks_backward(Index cols, const F& f) const {
    for (Index to = n_steps(); to > 0;) {
      Index t = to - 1;
      while (t > 0 && from(to) - from(t) < cols) --t;
      f(t, to);
      to = t;
    }
  }
  /// Columns that a chunk of at least `cols` has at the most.
  [[nodiscard]] Index most_chunk_cols(Index least) const {
    return std::min(cols(), least + sequences());
  }

 private:
  // The step behind those that have `cols` columns, from a step on.
  [[nodiscard]] Index step_behind(Index step, Index cols) const {
    Index to = step + 1;
    while (to < n_steps() && from(to) - from(step) < cols) ++to;
    return to;
  }

  std::vector<std::pair<Index, Index>> by_length_;  // -length, sequence
  std::vector<Index> from_, columns_;
};

}  // namespace rlrun::nn
