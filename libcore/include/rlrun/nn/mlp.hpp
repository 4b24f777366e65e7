#pragma once
// Multi-layer perceptrons over flat parameter vectors.

#include <string>
#include <vector>

#include "rlrun/nn/network.hpp"
#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"
#include "rlrun/workspace.hpp"

namespace rlrun::nn {

/// The leaky rectifier has slope 0.1 below zero.
enum class Activation { kIdentity, kTanh, kRelu, kLeakyRelu };
/// "identity", "tanh", "relu" or "leaky_relu"; throws UserError for another name.
RLRUN_API Activation activation_named(const std::string& name);
RLRUN_API const std::vector<std::string>& activation_names();

struct MlpShape {
  Index inputs = 0;
  std::vector<Index> hidden;
  Index outputs = 0;
  Activation hidden_activation = Activation::kTanh;
  Activation output_activation = Activation::kIdentity;
  /// Entries that join the input of the second layer (the action in DDPG's critic). 0: none.
  Index late_inputs = 0;
  /// If not empty (outputs): what comes out is output_shift + output_scale * activation, for
  /// outputs that live in a box of their own.
  VectorF output_scale = {}, output_shift = {};
};
/// The shape without anything special, its activation by name.
RLRUN_API MlpShape mlp_shape(Index inputs, const std::vector<std::int64_t>& hidden, Index outputs,
                             const std::string& activation);

/// Activations of one forward pass over n columns, kept for the backward pass. Owned by the caller;
/// sized by the first pass, so that later passes of the same or a smaller width allocate nothing.
class RLRUN_API Tape final : public Network::Tape {
 public:
  [[nodiscard]] Index cols() const { return cols_; }

 private:
  friend class Mlp;
  Index cols_ = 0;
  MatrixF x_, late_;              // what went in
  std::vector<MatrixF> outputs_;  // of each layer after its activation, rows padded to registers
  MatrixF scaled_;                // outputs in their box, if the shape has one
  MatrixF deltas_, next_deltas_;  // scratch of backward and jvp for one slice of columns
  VectorF packed_, gradient_;     // weights and their gradients with padded rows
  VectorF zeros_;                 // in place of a bias
};

/// A network is a shape; its parameters are a flat vector owned by somebody else, layer after
/// layer, each as its weights (outputs, inputs) column by column and then its biases. `const`
/// throughout: one network serves all threads, each with its own tape.
///
/// As a Network it has no late inputs; functions that take them have those arguments as well.
class RLRUN_API Mlp final : public Network {
 public:
  using Tape = nn::Tape;

  explicit Mlp(MlpShape shape);

  [[nodiscard]] const MlpShape& shape() const { return shape_; }
  [[nodiscard]] Index inputs() const override { return shape_.inputs; }
  [[nodiscard]] Index outputs() const override { return shape_.outputs; }
  [[nodiscard]] Index n_params() const override { return n_params_; }
  [[nodiscard]] std::unique_ptr<Network::Tape> tape() const override;
  void initialize(VectorFOut params, Init init, float output_gain, Rng rng) const override;
  [[nodiscard]] Index n_layers() const { return static_cast<Index>(layers_.size()); }
  [[nodiscard]] Index fan_in(Index layer) const { return layers_[std::size_t(layer)].inputs; }
  [[nodiscard]] Index fan_out(Index layer) const { return layers_[std::size_t(layer)].outputs; }

  /// Weights and biases of one layer inside a parameter vector.
  [[nodiscard]] Eigen::Map<MatrixF> weights(VectorFOut params, Index layer) const;
  [[nodiscard]] Eigen::Map<VectorF> biases(VectorFOut params, Index layer) const;

  /// Outputs for each column of `x` without keeping anything: for acting. `late` is empty (0 rows)
  /// if the shape has no late inputs. A column's outputs depend on that column alone, bit for bit,
  /// however many there are; `forward` gives the same bits. (It stands for that of a Network: no
  /// memory is an empty `late`.)
  void infer(VectorFIn params, MatrixFIn x, MatrixFIn late, MatrixFOut out,
             Workspace& workspace) const;

  using Network::backward;
  using Network::forward;
  using Network::jvp;

  /// Outputs (outputs, n), kept on the tape with what the backward pass needs. The view is valid
  /// until the tape is used again.
  Eigen::Ref<const MatrixF> forward(VectorFIn params, MatrixFIn x, MatrixFIn late,
                                    Tape& tape) const;

  /// Given dL/d(output), (outputs, n), of the tape's forward pass: adds dL/d(params) to `grad`.
  /// Where `grad_x` or `grad_late` are given (non-empty), they are overwritten with dL/d(input). An
  /// empty `grad` is not computed, which makes a gradient of the late inputs alone nearly free.
  void backward(VectorFIn params, Tape& tape, MatrixFIn grad_output, VectorFOut grad,
                MatrixFOut grad_x, MatrixFOut grad_late) const;
  void backward(VectorFIn params, Tape& tape, MatrixFIn grad_output, VectorFOut grad) const;

  /// Directional derivative of the outputs along `direction` in parameter space (a forward-mode
  /// pass) at the tape's forward pass: overwrites `out`, (outputs, n).
  void jvp(VectorFIn params, VectorFIn direction, Tape& tape, MatrixFOut out) const;

 private:
  friend class Learner;
  friend class Pass;
  struct Layer {
    Index inputs, outputs;
    Index weight_offset, bias_offset;  // in a parameter vector
    Index early_inputs;                // inputs without the late ones
    Index padded_offset;               // of the layer in a packed parameter vector
    Index transposed_offset;           // of its transposed weights in their packed vector
    Activation activation;
  };
  struct Inputs;  // columns of x and of the late inputs

  void infer_step(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
                  Workspace& workspace) const override;
  [[nodiscard]] Eigen::Ref<const MatrixF> forward_steps(VectorFIn params, const Steps& steps,
                                                        Network::Tape& tape) const override;
  void backward_steps(VectorFIn params, Network::Tape& tape, MatrixFIn slope, VectorFOut grad,
                      MatrixFOut grad_x) const override;
  void jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Network::Tape& tape,
                 MatrixFOut out) const override;

  void infer_narrow(const float* params, const Inputs& in, Index n, MatrixFOut out,
                    Workspace& workspace) const;
  void infer_wide(const float* params, const Inputs& in, Index n, MatrixFOut out,
                  Workspace& workspace) const;
  [[nodiscard]] bool is_flat(std::size_t layer) const;
  void write_outputs(const float* from, Index ld, MatrixFOut out) const;
  void pack(const float* params, float* packed) const;
  void product(const Layer& layer, const float* packed, const Inputs& in, Index n, float* out,
               bool activate) const;
  [[nodiscard]] Inputs layer_inputs(std::size_t layer, const Tape& tape, Index from) const;
  void reserve_scratch(Tape& tape) const;

  MlpShape shape_;
  std::vector<Layer> layers_;
  Index n_params_ = 0;
  Index padded_params_ = 0, transposed_params_ = 0;  // floats of the packed vectors
  Index widest_ = 0;                                 // padded rows of the widest input or output
};

// Initialisations. Each draws in a fixed order from `rng`.

/// Weights U(+-sqrt(6 / (fan_in + fan_out))), biases 0 (Glorot and Bengio 2010).
RLRUN_API void init_glorot_uniform(const Mlp& mlp, VectorFOut params, Rng rng);
/// Weights and biases U(+-1/sqrt(fan_in)).
RLRUN_API void init_fan_in_uniform(const Mlp& mlp, VectorFOut params, Rng rng);
/// Orthogonal weights with the given gains, biases 0.
RLRUN_API void init_orthogonal(const Mlp& mlp, VectorFOut params, Rng rng, float hidden_gain,
                               float output_gain);
/// Each row of weights a random unit vector; biases such that every unit's input has mean 0 over
/// 256 standard normal inputs (Hamalainen et al. 2020). Not for late inputs.
RLRUN_API void init_unit_rows(const Mlp& mlp, VectorFOut params, Rng rng);
/// Overwrites the last layer with U(+-bound), weights and biases (Lillicrap et al. 2016).
RLRUN_API void init_output_uniform(const Mlp& mlp, VectorFOut params, Rng rng, float bound);

}  // namespace rlrun::nn
