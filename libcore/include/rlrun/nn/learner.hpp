#pragma once
// Networks that learn from minibatches of a fixed size, on all threads of a trial.
//
// An update has two kinds of stages. In the first, each task takes a part of the columns through as
// many networks as it likes, forward and backward; columns do not meet. In the second
// (`descend`), each task takes a block of parameters: it sums their gradient over all columns,
// takes the step, moves the target, and rearranges the new weights for the products of the next
// stage, all while they are in the nearest cache. No sum depends on the threads.

#include <initializer_list>
#include <vector>

#include "rlrun/archive.hpp"
#include "rlrun/nn/mlp.hpp"
#include "rlrun/nn/parts.hpp"
#include "rlrun/types.hpp"

namespace rlrun::nn {

struct AdamStep;
struct Descent;

/// What passes of one network's shape compute for a minibatch, one column for each sample. Several
/// threads may work on different columns at once. Late inputs are not supported: what a network
/// sees is put together in `inputs`.
class RLRUN_API Pass {
 public:
  Pass(const Mlp& mlp, Index cols);

  [[nodiscard]] Index cols() const { return input_.cols(); }
  /// The columns as tasks take them: so many that reading the weights costs little, so few that
  /// four threads share a usual minibatch.
  [[nodiscard]] Parts parts() const;
  /// (inputs, cols): written by the caller before a forward pass.
  [[nodiscard]] MatrixFOut inputs(Index from, Index cols);
  /// (outputs, cols): results of the forward pass.
  [[nodiscard]] Eigen::Ref<const MatrixF> outputs(Index from, Index cols) const;
  /// (outputs, cols): dL/d(output), written by the caller before a backward pass, which uses it up.
  [[nodiscard]] MatrixFOut output_gradients(Index from, Index cols);
  /// (inputs, cols): dL/d(input), where the backward pass was asked for it.
  [[nodiscard]] Eigen::Ref<const MatrixF> input_gradients(Index from, Index cols) const;

 private:
  friend class Learner;
  Index inputs_, outputs_;
  // Columns are padded to whole registers, and so that they do not compete for the same cache
  // lines.
  MatrixF input_, input_gradient_;
  std::vector<MatrixF> activations_, deltas_;  // of each layer; dL/d(what enters the activation)
  MatrixF scaled_;                             // outputs in their box, if the shape has one
};

/// Parameters of a network, their Adam moments, and a target that follows them. `const` functions
/// may be called from several threads.
class RLRUN_API Learner {
 public:
  enum class Target { kNone, kCopy };

  /// `mlp` must outlive it.
  Learner(const Mlp& mlp, VectorFIn params, Target target);

  [[nodiscard]] const Mlp& network() const { return mlp_; }
  [[nodiscard]] const VectorF& params() const { return params_; }
  [[nodiscard]] const VectorF& target() const { return target_; }

  /// Outputs for columns `from` ... `from + cols` of the pass's inputs, under the parameters or
  /// under the target.
  void forward(Pass& pass, Index from, Index cols) const;
  void forward_target(Pass& pass, Index from, Index cols) const;

  enum class Inputs { kSkip, kWanted };
  /// From the pass's output gradients to what `descend` sums, and to the gradients of the inputs if
  /// they are wanted. Follows a `forward` of the same columns.
  void backward(Pass& pass, Index from, Index cols, Inputs inputs) const;

  /// dL/d(params) over all columns of a pass. Allocates.
  [[nodiscard]] VectorF gradient(const Pass& pass) const;

  void state(Archive& archive);

 private:
  friend RLRUN_API void descend(std::initializer_list<Descent> all, double step_size, double tau);

  // Neighbouring weight columns of a layer; the last block of a layer has its biases too.
  struct Block {
    Index layer, first, count;
    bool biases;
  };

  void pass_forward(const VectorF& packed, Pass& pass, Index from, Index cols) const;
  void sum_gradient(const Block& block, const Pass& pass, float* to) const;
  void step_block(const Block& block, const Pass& pass, const AdamStep& step, float tau);
  void pack_block(const Block& block, bool with_target);
  void pack_all();

  const Mlp& mlp_;
  VectorF params_, target_, first_, second_;
  std::int64_t t_ = 0;
  std::vector<Block> blocks_;
  VectorF packed_, packed_target_, transposed_;  // as the products read them
  VectorF gradient_;                             // of each block, while it is in work
  VectorF zeros_;
};

struct Descent {
  Learner& learner;
  Pass& pass;  ///< After its backward pass over all columns.
};

/// One step of Adam for each learner along the gradient summed over its pass; then
/// target += tau (params - target), unless tau is 0. On all threads, without allocation.
RLRUN_API void descend(std::initializer_list<Descent> all, double step_size, double tau = 0);

}  // namespace rlrun::nn
