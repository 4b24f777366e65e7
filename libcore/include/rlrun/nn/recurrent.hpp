#pragma once
// What recurrent layers share: the way through sequences.

#include <vector>

#include "rlrun/nn/network.hpp"
#include "rlrun/types.hpp"

namespace rlrun::nn {

/// One recurrent layer of gated units. Its outputs are the units' activations h, which are also
/// the first part of its memory.
///
/// Parameters: the weights of all gates (gates * units, inputs + units), column by column, the
/// columns of the inputs before those of h; then the biases (gates * units). Gates follow each other
/// in the order that the layer documents.
///
/// All sequences of a call advance together, the longest first, so that a step is one product over
/// those that still run; what depends on the inputs alone is one product over many steps.
/// Gradients go back to the first step of each sequence.
class RLRUN_API Recurrent : public Network {
 public:
  [[nodiscard]] Index inputs() const final { return inputs_; }
  [[nodiscard]] Index outputs() const final { return units_; }
  [[nodiscard]] Index n_params() const final;
  [[nodiscard]] Index memory_size() const final;
  [[nodiscard]] std::unique_ptr<Tape> tape() const final;
  /// Glorot's bounds and orthogonality are those of each gate's weights of the inputs and of h
  /// apart.
  void initialize(VectorFOut params, Init init, float output_gain, Rng rng) const final;
  [[nodiscard]] Eigen::Ref<const MatrixF> memory_after(const Tape& tape) const final;

 protected:
  // A layer's gates are computed in stages. At the end of the products of a stage, `combine` makes
  // of its gates what the next stage or the next step sees. Columns are sequences; a column is a
  // record of blocks of `block` rows each, whole registers: rows beyond `units` are 0 where they
  // are multiplied.

  /// What a step has kept, column by column.
  struct Kept {
    float* record;          ///< Gates, before and after their activation, and then other blocks.
    const float* before;    ///< The records of the step before.
    Index record_ld;        ///< Of both.
    const float* h_before;  ///< Activations of the step before.
    Index h_before_ld;
    Index cols;
  };

  /// How many gates each stage has, and the block of the record that the products of stage 1
  /// multiply in place of h, if there is one.
  struct Plan {
    std::vector<Index> stage_gates;
    Index other_blocks = 0;      ///< Of a record, behind the gates.
    Index remembered_block = 0;  ///< Of the record, that joins h in the memory. 0: none.
    Index multiplied_block = 0;  ///< That the products of stage 1 multiply. 0: there is no stage 1.
  };

  Recurrent(Index inputs, Index units, Plan plan);
  Recurrent(const Recurrent&) = default;
  Recurrent& operator=(const Recurrent&) = default;

  [[nodiscard]] Index units() const { return units_; }
  [[nodiscard]] Index block() const { return block_; }
  [[nodiscard]] Index n_gates() const { return n_gates_; }

 private:
  struct RecurrentTape;
  struct Layout;

  // The end of a stage forward. The last one writes h, (block, cols) without gaps.
  virtual void combine(std::size_t stage, const Kept& kept, float* h) const = 0;
  // The same backward, the last stage first: from `slope` = dL/dh, (block, cols), to dL/d(what
  // enters the stage's gates) in `delta`, laid out as the gates of a record `delta_ld` apart. Leaves
  // in `slope` what reaches the h before without a product. `other` is (block, cols): what came back
  // through the product of stage 1; else kept from step to step, 0 behind the last one.
  virtual void combine_back(std::size_t stage, const Kept& kept, float* slope, float* other,
                            float* delta, Index delta_ld) const = 0;
  // The same in a forward-mode pass, from the tangents of what enters the gates in `delta`, and of
  // the h before in `tangent`, which the last stage overwrites with that of h. `other`: of what the
  // products of stage 1 multiply; else kept from step to step, 0 before the first one.
  virtual void combine_jvp(std::size_t stage, const Kept& kept, float* delta, Index delta_ld,
                           float* tangent, float* other) const = 0;
  // Biases that are not 0 at the start.
  virtual void initialize_biases(VectorFOut biases) const;

  void infer_step(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
                  Workspace& workspace) const final;
  [[nodiscard]] Eigen::Ref<const MatrixF> forward_steps(VectorFIn params, const Steps& steps,
                                                        Tape& tape) const final;
  void backward_steps(VectorFIn params, Tape& tape, MatrixFIn slope, VectorFOut grad,
                      MatrixFOut grad_x) const final;
  void jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Tape& tape,
                 MatrixFOut out) const final;

  Index inputs_, units_, block_, n_gates_;
  Plan plan_;
};

}  // namespace rlrun::nn
