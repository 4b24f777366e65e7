#pragma once
// What the passes of a network share: activations as the kernel sees them, growing storage, slices.

#include <algorithm>

#include "rlrun/error.hpp"
#include "rlrun/nn/mlp.hpp"

#include "nn/kernel.hpp"

namespace rlrun::nn {

using kernel::Finish;
using kernel::Lhs;
using kernel::padded;
using kernel::Rhs;

// Columns that go through all layers together, so that their activations stay in the second cache.
constexpr Index kSlice = 128;

inline Finish activate(Activation activation) {
  switch (activation) {
    case Activation::kTanh:
      return {.kind = Finish::Kind::kTanh};
    case Activation::kRelu:
      return {.kind = Finish::Kind::kRelu};
    case Activation::kLeakyRelu:
      return {.kind = Finish::Kind::kLeakyRelu};
    case Activation::kIdentity:
      break;
  }
  return {};
}

// All slopes are functions of the activation's value.
inline Finish times_slope(Activation activation, const float* y, Index ld) {
  switch (activation) {
    case Activation::kTanh:
      return {.kind = Finish::Kind::kTimesTanhSlope, .y = y, .ld = ld};
    case Activation::kRelu:
      return {.kind = Finish::Kind::kTimesReluSlope, .y = y, .ld = ld};
    case Activation::kLeakyRelu:
      return {.kind = Finish::Kind::kTimesLeakyReluSlope, .y = y, .ld = ld};
    case Activation::kIdentity:
      break;
  }
  return {};
}

// Grows a matrix to at least `cols` columns; keeps one that is large enough.
inline void reserve(MatrixF& matrix, Index rows, Index cols) {
  if (matrix.rows() != rows || matrix.cols() < cols) matrix.resize(rows, cols);
}
inline void reserve(VectorF& vector, Index size) {
  if (vector.size() < size) vector.resize(size);
}

template <class F>
void for_slices(Index cols, const F& f) {
  for (Index from = 0; from < cols; from += kSlice) f(from, std::min(kSlice, cols - from));
}

// The tape as the network made it.
template <class T>
T& tape_of(Network::Tape& tape) {
  T* const own = dynamic_cast<T*>(&tape);
  RLRUN_CHECK(own != nullptr);
  return *own;
}

struct Mlp::Inputs {
  Rhs x, late;

  [[nodiscard]] Inputs from(Index column) const {
    Inputs there = *this;
    there.x.data += column * x.ld;
    if (late.data != nullptr) there.late.data += column * late.ld;
    return there;
  }
};

}  // namespace rlrun::nn
