#pragma once
// What the passes of a multi-layer perceptron share.

#include <algorithm>

#include "nn/passes.hpp"

namespace rlrun::nn {

// Columns that go through all layers together, so that their activations stay in the second cache.
constexpr Index kSlice = 128;

template <class F>
void for_slices(Index cols, const F& f) {
  for (Index from = 0; from < cols; from += kSlice) f(from, std::min(kSlice, cols - from));
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
