#pragma once
// What the passes of a recurrent layer share.

#include <algorithm>
#include <array>

#include "rlrun/nn/recurrent.hpp"

#include "nn/passes.hpp"
#include "nn/time_order.hpp"

namespace rlrun::nn {

// Columns of a batch that go forward together: what is kept of them fits into the first cache, but
// for layers so wide that reading the weights would cost more.
inline Index forward_cols(Index record) {
  constexpr Index kFloats = 10000, kLeast = 16, kMost = 64;
  return std::clamp(kFloats / record, kLeast, kMost);
}
// Columns whose gradients are summed together: as many as a product takes at a time.
constexpr Index kBackwardCols = 256;

/// A register of a block: loops over them are vectorised by construction, with the same bits
/// everywhere.
using Lanes = Eigen::Array<float, kernel::kLanes, 1>;
inline Lanes load(const float* p) {
  return Eigen::Map<const Lanes>(p);
}
inline void store(float* p, const Lanes& x) {
  Eigen::Map<Lanes>{p} = x;
}
/// Sizes and places of a layer, and its weights as the products read them.
struct Recurrent::Layout {
  static constexpr std::size_t kMostStages = 2;
  struct Stage {
    Index first, rows;  // of its gates
  };
  struct Weights {
    const float* bias = nullptr;
    Lhs inputs;
    std::array<Lhs, kMostStages> stages;
  };

  explicit Layout(const Recurrent& layer);

  /// Weights with the rows of each gate padded to a block, and their biases behind them: the
  /// parameters themselves if that is what they are, else a copy in `storage`, (padded_size).
  const float* pad(const float* params, float* storage) const;
  [[nodiscard]] Index padded_size() const { return rows * (inputs + units + 1); }
  /// Weights where they lie, for a few columns, and packed into `storage`, (packed_size).
  [[nodiscard]] Weights direct(const float* padded) const;
  Weights pack(const float* padded, float* storage) const;
  [[nodiscard]] Index packed_size() const { return rows * (inputs + units); }
  /// Their transposes; those of the inputs if wanted.
  Weights pack_transposed(const float* padded, bool wants_inputs, float* storage) const;
  [[nodiscard]] Index transposed_size() const { return rows * (kernel::padded(inputs) + block); }

  Index inputs, units, block;
  Index rows;    // of all gates
  Index record;  // rows of a record
  std::size_t n_stages = 0;
  std::array<Stage, kMostStages> stages;
  Index remembered, multiplied;  // first rows of those blocks, 0 if there are none
};

/// Places are in time order. The inputs of a place are the columns that went in and, below them,
/// the activations of the step before.
struct Recurrent::RecurrentTape final : Network::Tape {
  TimeOrder order;
  MatrixF inputs;   // (inputs + block, n)
  MatrixF records;  // of what is before each sequence, by rank, and then of all places
  MatrixF out;      // (units, n), in the order of the columns
  MatrixF after;    // (memory_size, sequences), in the order of the columns

  // Scratch. `carried` and `other` are (block, sequences), `delta` is of one chunk.
  MatrixF carried, other, delta, tangent_inputs;
  VectorF padded, packed, packed_direction, packed_delta, gradient, zeros;

  /// Of `count` ranks of a step from number `first` on.
  [[nodiscard]] Kept kept(const Layout& layout, Index step, Index first, Index count) {
    const Index place = order.from(step) + first;
    const Index before = first + (step == 0 ? 0 : order.sequences() + order.from(step - 1));
    return {.record = records.col(order.sequences() + place).data(),
            .before = records.col(before).data(),
            .record_ld = records.rows(),
            .h_before = inputs.col(place).data() + layout.inputs,
            .h_before_ld = inputs.rows(),
            .cols = count};
  }
  /// What the products of a stage multiply at a place.
  [[nodiscard]] Rhs multiplied(const Layout& layout, std::size_t stage, Index place) const {
    if (stage == 0) return {.data = inputs.col(place).data() + layout.inputs, .ld = inputs.rows()};
    return {.data = records.col(order.sequences() + place).data() + layout.multiplied,
            .ld = records.rows()};
  }
};

}  // namespace rlrun::nn
