#pragma once
// Networks one after another.

#include <memory>
#include <vector>

#include "rlrun/nn/network.hpp"

namespace rlrun::nn {

/// Each part sees the outputs of the one before it. Parameters and memory are those of the parts in
/// their order. Initial weights of each part have a stream of their own; the output gain is that of
/// the last part, and sqrt(2) for the others.
class RLRUN_API Stack final : public Network {
 public:
  using Parts = std::vector<std::shared_ptr<const Network>>;

  /// At least one part; the outputs of each are as many as the inputs of the next.
  explicit Stack(Parts parts);

  [[nodiscard]] const Parts& parts() const { return parts_; }
  [[nodiscard]] Index inputs() const override { return parts_.front()->inputs(); }
  [[nodiscard]] Index outputs() const override { return parts_.back()->outputs(); }
  [[nodiscard]] Index n_params() const override { return n_params_; }
  [[nodiscard]] Index memory_size() const override { return memory_size_; }
  [[nodiscard]] std::unique_ptr<Tape> tape() const override;
  void initialize(VectorFOut params, Init init, float output_gain, Rng rng) const override;
  [[nodiscard]] Eigen::Ref<const MatrixF> memory_after(const Tape& tape) const override;

 private:
  struct StackTape;
  struct Place {
    Index params, memory;  // where a part's begin
  };

  void infer_step(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
                  Workspace& workspace) const override;
  [[nodiscard]] Eigen::Ref<const MatrixF> forward_steps(VectorFIn params, const Steps& steps,
                                                        Tape& tape) const override;
  void backward_steps(VectorFIn params, Tape& tape, MatrixFIn slope, VectorFOut grad,
                      MatrixFOut grad_x) const override;
  void jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Tape& tape,
                 MatrixFOut out) const override;

  Parts parts_;
  std::vector<Place> places_;
  Index n_params_ = 0, memory_size_ = 0;
};

/// The parts one after another; a single part is itself.
RLRUN_API std::shared_ptr<const Network> stack(Stack::Parts parts);

}  // namespace rlrun::nn
