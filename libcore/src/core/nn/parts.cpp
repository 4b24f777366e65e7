#include "rlrun/nn/parts.hpp"

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun::nn {
namespace {

constexpr Index kPartWidth = 512;
// More parts than this do not balance better, and each holds a gradient.
constexpr Index kMostParts = 64;

Index ceil_div(Index a, Index b) {
  return (a + b - 1) / b;
}

}  // namespace

Parts::Parts(Index cols)
    : total(cols),
      width(std::max(kPartWidth, ceil_div(cols, kMostParts))),
      count(ceil_div(cols, width)) {}

Parts::Parts(Index cols, Index most) : total(cols), width(0), count(0) {
  RLRUN_CHECK(most > 0);
  width = std::max<Index>(1, ceil_div(cols, std::max<Index>(1, ceil_div(cols, most))));
  count = ceil_div(cols, width);
}

void add_columns(MatrixFIn columns, VectorFOut sum) {
  constexpr Index kRows = 2048;
  parallel_for(ceil_div(sum.size(), kRows), [&](Index block) {
    const Index from = block * kRows, n = std::min(kRows, sum.size() - from);
    for (Index j = 0; j < columns.cols(); ++j)
      sum.segment(from, n) += columns.col(j).segment(from, n);
  });
}

}  // namespace rlrun::nn
