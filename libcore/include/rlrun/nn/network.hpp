#pragma once
// What every network can do, whatever it is made of.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"
#include "rlrun/workspace.hpp"

namespace rlrun::nn {

/// What a view can be made of without a copy: matrices, maps, and blocks of whole columns or of
/// neighbouring rows.
template <class T>
concept Viewable =
    bool(Eigen::internal::traits<Eigen::Ref<const MatrixF>>::template match<T>::MatchAtCompileTime);

/// Columns that may form sequences. A view: what it names must outlive it.
struct RLRUN_API Steps {
  Eigen::Ref<const MatrixF> columns;  ///< (inputs, n); the steps of a sequence are neighbours.
  /// First column of each sequence, rising from 0. Empty: columns do not meet, each is a sequence.
  std::span<const Index> starts;
  /// (memory_size, sequences) before the first steps. No columns: zero.
  Eigen::Ref<const MatrixF> memory;

  // Implicit: columns alone are the usual case.
  template <Viewable Columns>
  Steps(const Eigen::MatrixBase<Columns>& x, std::span<const Index> first = {})
      : Steps(x, first, Eigen::Map<const MatrixF>(nullptr, 0, 0)) {}
  template <Viewable Columns, Viewable Memory>
  Steps(const Eigen::MatrixBase<Columns>& x, std::span<const Index> first,
        const Eigen::MatrixBase<Memory>& before)
      : columns(x.derived()), starts(first), memory(before.derived()) {}

  [[nodiscard]] Index sequences() const {
    return starts.empty() ? columns.cols() : static_cast<Index>(starts.size());
  }
  [[nodiscard]] Index first(Index sequence) const {
    return starts.empty() ? sequence : starts[static_cast<std::size_t>(sequence)];
  }
  [[nodiscard]] Index length(Index sequence) const {
    return (sequence + 1 < sequences() ? first(sequence + 1) : columns.cols()) - first(sequence);
  }
};

/// Initial weights. Biases are 0, but for a forget gate's.
enum class Init {
  kGlorot,     ///< U(+-sqrt(6 / (fan_in + fan_out))) (Glorot and Bengio 2010).
  kOrthogonal  ///< Orthogonal with gain sqrt(2), in recurrent layers 1.
};
/// "glorot" or "orthogonal"; throws UserError for another name.
RLRUN_API Init init_named(const std::string& name);
RLRUN_API const std::vector<std::string>& init_names();

/// A network is a shape; its parameters are a flat vector owned by somebody else. `const`
/// throughout: one network serves all threads, each with its own tape. Policies share one as
/// `std::shared_ptr<const Network>`.
///
/// Networks that remember (`memory_size` > 0) carry a memory from step to step of a sequence.
///
/// Every network promises:
/// - To the bit, a sequence's outputs follow from its own columns and memory, whoever shares the
///   call; `infer` step by step gives the bits of `forward`.
/// - To the bit, a sequence that is cut and continued from `memory_after` has the outputs of the
///   whole.
/// - Bits depend on no machine that the build runs on.
/// - Nothing is allocated once the tape or workspace has seen its widest call.
///
/// Derivatives do not reach through the memory before a sequence: that is a constant.
class RLRUN_API Network {
 public:
  /// What one forward pass keeps for the passes after it. Belongs to whoever makes the pass.
  class RLRUN_API Tape {
   public:
    virtual ~Tape();

   protected:
    Tape() = default;
    Tape(const Tape&) = default;
    Tape(Tape&&) = default;
    Tape& operator=(const Tape&) = default;
    Tape& operator=(Tape&&) = default;
  };

  virtual ~Network();
  [[nodiscard]] virtual Index inputs() const = 0;
  [[nodiscard]] virtual Index outputs() const = 0;
  [[nodiscard]] virtual Index n_params() const = 0;
  /// Entries of a sequence's memory. It is zero where a sequence begins anew.
  [[nodiscard]] virtual Index memory_size() const { return 0; }
  /// A tape for this network and copies of it.
  [[nodiscard]] virtual std::unique_ptr<Tape> tape() const = 0;

  /// Writes initial parameters. Orthogonal weights of the last layer have gain `output_gain`, where
  /// that layer is no recurrent one.
  virtual void initialize(VectorFOut params, Init init, float output_gain, Rng rng) const = 0;

  /// One step of n sequences, for acting: writes the outputs (outputs, n) of the columns (inputs,
  /// n), and what is remembered, (memory_size, n), in place.
  void infer(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
             Workspace& workspace) const;

  /// Outputs (outputs, n), kept on the tape with what the passes below need. The view is valid
  /// until the tape is used again.
  Eigen::Ref<const MatrixF> forward(VectorFIn params, const Steps& steps, Tape& tape) const;

  /// (memory_size, sequences) after the last step of each sequence of the tape's forward pass; no
  /// columns if nothing is remembered. Valid until the next forward pass.
  [[nodiscard]] virtual Eigen::Ref<const MatrixF> memory_after(const Tape& tape) const;

  /// Given dL/d(output), (outputs, n), of the tape's forward pass: adds dL/d(params) to `grad`,
  /// (n_params), and overwrites `grad_x`, (inputs, n), with dL/d(input). Neither is computed where
  /// it is empty.
  void backward(VectorFIn params, Tape& tape, MatrixFIn slope, VectorFOut grad,
                MatrixFOut grad_x) const;

  /// Directional derivative of the outputs at the tape's forward pass, along `direction`,
  /// (n_params), and `direction_x`, (inputs, n), or zero where that is empty. Overwrites `out`,
  /// (outputs, n).
  void jvp(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Tape& tape,
           MatrixFOut out) const;

 protected:
  Network() = default;
  Network(const Network&) = default;
  Network(Network&&) = default;
  Network& operator=(const Network&) = default;
  Network& operator=(Network&&) = default;

 private:
  // The functions above, once the sizes of their arguments are known to be right.
  virtual void infer_step(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
                          Workspace& workspace) const = 0;
  [[nodiscard]] virtual Eigen::Ref<const MatrixF> forward_steps(VectorFIn params,
                                                                const Steps& steps,
                                                                Tape& tape) const = 0;
  virtual void backward_steps(VectorFIn params, Tape& tape, MatrixFIn slope, VectorFOut grad,
                              MatrixFOut grad_x) const = 0;
  virtual void jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Tape& tape,
                         MatrixFOut out) const = 0;
};

}  // namespace rlrun::nn
