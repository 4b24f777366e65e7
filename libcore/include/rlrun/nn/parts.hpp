#pragma once
// Batches cut into parts, for gradients on several threads.

#include <algorithm>

#include "rlrun/types.hpp"

namespace rlrun::nn {

/// The columns of a batch in fixed parts, each of which is the work of one task. Their number
/// depends on the batch alone, so that sums over parts have the same bits on any number of threads.
struct RLRUN_API Parts {
  /// For whole batches: wide enough that packing the weights for a part costs little, narrow enough
  /// that two to eight threads share 5,000 columns evenly; at most 64 of them.
  explicit Parts(Index cols);
  /// For minibatches: parts of at most `width` columns, as even as possible.
  Parts(Index cols, Index width);

  [[nodiscard]] Index from(Index part) const { return part * width; }
  [[nodiscard]] Index cols(Index part) const { return std::min(width, total - part * width); }
  Index total, width, count;
};

/// Adds the columns (n_params, parts) to `sum` from left to right, on all threads.
RLRUN_API void add_columns(MatrixFIn columns, VectorFOut sum);

}  // namespace rlrun::nn
