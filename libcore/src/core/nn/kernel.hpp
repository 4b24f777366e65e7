#pragma once
// The one matrix product of the networks, over the widest vector registers that the machine has.
//
// Why not Eigen's own product: it packs both sides on every call, which costs more than the product
// for the few columns of a rollout slice, takes memory from the heap for large layers, and splits
// sums according to the sizes. Here every entry of a result is one chain of fused multiply-adds in
// the order of the inner index, whatever the sizes of the batch and of the registers: a column's
// result depends on that column alone.

#include "rlrun/types.hpp"

namespace rlrun::nn::kernel {

/// Matrices are stored with their columns padded to a multiple of it: whole registers of 256 bits.
inline constexpr Index kLanes = 8;
[[nodiscard]] constexpr Index padded(Index n) {
  return (n + kLanes - 1) / kLanes * kLanes;
}

/// Left factor (rows, depth). Either plain columns `ld` apart, or, if `panel_depth` is not 0,
/// packed by `pack` or `pack_transposed`. Whole registers are read: up to padded(rows) entries a
/// column.
struct Lhs {
  const float* data = nullptr;
  Index ld = 0;
  Index panel_depth = 0;
  Index first = 0;  ///< Column at which the product begins.
};

/// Right factor: entry (k, j) is data[k * step + j * ld].
struct Rhs {
  const float* data = nullptr;
  Index step = 1, ld = 0;
};

/// Slope of a leaky rectifier below zero.
inline constexpr float kLeak = 0.1F;

/// What happens to a result before it leaves the registers' neighbourhood.
struct Finish {
  enum class Kind {
    kNone,
    kTanh,
    kSigmoid,  ///< 1 / (1 + exp(-x)), as (1 + tanh(x / 2)) / 2.
    kRelu,
    kLeakyRelu,
    kTimesTanhSlope,
    kTimesReluSlope,
    kTimesLeakyReluSlope
  };
  Kind kind = Kind::kNone;
  const float* y = nullptr;  ///< Activations whose slope multiplies the result, laid out as it is.
  Index ld = 0;
};

/// c = finish(init + a * b), with c (rows, cols) in columns `c_ld` apart and `rows` a multiple of
/// kLanes. `init` has columns `init_ld` apart: 0 for a bias, and `c` itself adds to what is there.
void product(const Lhs& a, const Rhs& b, Index rows, Index depth, Index cols, const float* init,
             Index init_ld, float* c, Index c_ld, const Finish& finish = {});

/// Applies `finish` to what is already in `c`.
void apply(const Finish& finish, float* c, Index c_ld, Index rows, Index cols);

/// Packs w (rows, depth), columns `ld` apart, for `product`: padded(rows) * depth floats.
Lhs pack(const float* w, Index ld, Index rows, Index depth, float* out);
/// The same for the transpose of w (depth, rows): padded(rows) * depth floats.
Lhs pack_transposed(const float* w, Index ld, Index rows, Index depth, float* out);

/// Panels that `pack` cuts `rows` rows into: whole registers, so that a panel's columns are
/// consecutive. The packed panel begins at out + first * depth. The split depends on the machine,
/// and no result on the split.
struct Panel {
  Index first, height;
};
[[nodiscard]] Index panels(Index rows);
[[nodiscard]] Panel panel(Index rows, Index index);

/// The part of `pack` that concerns columns `first` ... `first + count` of w.
void pack_columns(const float* w, Index ld, Index rows, Index depth, Index first, Index count,
                  float* out);

}  // namespace rlrun::nn::kernel
