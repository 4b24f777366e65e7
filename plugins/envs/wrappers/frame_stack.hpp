#pragma once
// The last few observations as one (Mnih et al. 2015).

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// The oldest first. At the start of an episode all are the first one. Pictures, (channels, height,
/// width) or (height, width), become pictures of more channels.
class FrameStack final : public EnvWrapper {
 public:
  struct Params {
    std::int64_t depth = 4;

    void fields(Fields& f) { f("depth", depth, "Observations in one.", between(1, 10'000)); }
  };

  FrameStack(const Params& params, std::unique_ptr<Env> env) : EnvWrapper(std::move(env)) {
    const Box& one = numbers_observed(inner_spec(), "frame_stack");
    if (params.depth > inner_spec().horizon)
      throw UserError("frame_stack: depth = " + std::to_string(params.depth) +
                      " is more than an episode has steps (" +
                      std::to_string(inner_spec().horizon) + ")");
    Box all{one.low.replicate(params.depth, 1), one.high.replicate(params.depth, 1)};
    all.bytes = one.bytes;
    all.shape = one.shape;
    if (all.shape.size() == 2) all.shape.insert(all.shape.begin(), 1);
    if (all.shape.size() == 3)
      all.shape[0] *= params.depth;
    else
      all.shape.clear();
    own_spec().observation = std::move(all);
    own_spec().positions.clear();
    for (Index frame = 0; frame < params.depth; ++frame)
      for (const Index i : inner_spec().positions)
        own_spec().positions.push_back(frame * one.low.size() + i);
    frames_.resize(one.low.size(), params.depth);
  }

 private:
  void on_reset(const Rng& /*rng*/, VectorFIn first, VectorFOut observation) override {
    frames_.colwise() = first;
    observation = frames_.reshaped();
  }
  void on_step(Transition& /*transition*/, VectorFIn next, VectorFOut observation) override {
    for (Index i = 0; i + 1 < frames_.cols(); ++i) frames_.col(i) = frames_.col(i + 1);
    frames_.rightCols(1) = next;
    observation = frames_.reshaped();
  }

  MatrixF frames_;  // (inner obs_dim, depth)
};

}  // namespace rlrun::wrappers
