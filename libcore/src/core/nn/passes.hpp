#pragma once
// What the passes of all networks share: activations as the kernel sees them, tapes, growing storage.

#include <algorithm>
#include <cstring>

#include "rlrun/error.hpp"
#include "rlrun/nn/mlp.hpp"

#include "nn/kernel.hpp"

namespace rlrun::nn {

using kernel::Finish;
using kernel::Lhs;
using kernel::padded;
using kernel::Rhs;

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

// Columns a power of two apart would all fall on the same few lines of the first cache.
inline Index stride(Index rows) {
  constexpr Index kAlias = 64, kLine = 16;  // floats
  const Index registers = padded(rows);
  return registers % kAlias == 0 ? registers + kLine : registers;
}

// Few floats as a rule: a call of the library would cost more.
inline void copy_run(const float* __restrict from, Index n, float* __restrict to) {
  Index r = 0;
  for (; r + 8 <= n; r += 8) std::memcpy(to + r, from + r, 8 * sizeof(float));
  for (; r < n; ++r) to[r] = from[r];
}

// The tape as the network made it.
template <class T, class Any>
T& tape_of(Any& tape) {
  T* const own = dynamic_cast<T*>(&tape);
  RLRUN_CHECK(own != nullptr);
  return *own;
}

}  // namespace rlrun::nn
