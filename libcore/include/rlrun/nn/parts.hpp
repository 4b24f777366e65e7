#pragma once
// Batches cut into parts, for gradients on several threads.

#include <algorithm>
#include <vector>

#include "rlrun/nn/network.hpp"
#include "rlrun/nn/observation_input.hpp"
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

  /// For whole batches of steps: like the first, but where sequences must stay whole, a part holds
  /// as many of them as reach its width.
  Parts(const Steps& steps, bool whole_sequences);
  /// The same for parts of at least `width` columns, for minibatches.
  Parts(std::span<const Index> starts, Index cols, Index width);

  [[nodiscard]] Index from(Index part) const {
    return bounds.empty() ? part * width : bounds[std::size_t(part)];
  }
  [[nodiscard]] Index cols(Index part) const {
    return bounds.empty() ? std::min(width, total - part * width)
                          : bounds[std::size_t(part + 1)] - bounds[std::size_t(part)];
  }
  Index total, width, count;  ///< Columns; of the widest part; parts.
  std::vector<Index> bounds;  ///< First columns and the end; empty for equal widths.
};

/// One part of a batch of steps, as steps of its own.
class RLRUN_API StepsPart {
 public:
  /// Sequences are known to the part if the parts were cut between them.
  StepsPart(const Steps& steps, const Parts& parts, Index part);
  [[nodiscard]] Steps steps() const { return {columns_, starts_, memory_}; }
  /// As a network sees them. What is not the observations themselves is in `storage`.
  [[nodiscard]] Steps seen_by(const ObservationInput& input, Workspace& storage) const {
    return {input.view(columns_, storage), starts_, memory_};
  }

 private:
  Eigen::Ref<const MatrixF> columns_, memory_;
  std::vector<Index> starts_;
};

/// Outputs (outputs, n) at all steps, on all threads.
RLRUN_API void outputs_in_parts(const Network& network, VectorFIn params,
                                const ObservationInput& input, const Steps& steps, MatrixFOut out);

/// Adds the columns (n_params, parts) to `sum` from left to right, on all threads.
RLRUN_API void add_columns(MatrixFIn columns, VectorFOut sum);

}  // namespace rlrun::nn
