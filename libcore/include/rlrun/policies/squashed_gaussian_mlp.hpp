#pragma once
// The actor of SAC.

#include <memory>
#include <string>
#include <vector>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policies/observation_params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// Actions y = tanh(u), u = mean + std z with z ~ N(0, 1), in [-1, 1] and without the scale of the
/// task. `outputs` of the network are means over log standard deviations, (2 dim, n).
class RLRUN_API SquashedGaussian {
 public:
  /// How an output x becomes a log standard deviation: cut to [low, high], or
  /// low + (high - low)/2 (tanh(x) + 1).
  enum class Bounds { kClamp, kTanh };
  SquashedGaussian(Index dim, float low, float high, Bounds bounds)
      : dim_(dim), low_(low), high_(high), bounds_(bounds) {}

  [[nodiscard]] Index dim() const { return dim_; }
  [[nodiscard]] float log_std(float output) const;

  /// A minibatch of actions, whose columns several threads may fill.
  struct Sample {
    Sample(Index dim, Index n);
    MatrixF noise;     ///< (dim, n) z: drawn by the caller.
    MatrixF actions;   ///< (dim, n) y
    VectorF log_prob;  ///< (n) log pi(y), as a density on [-1, 1]^dim.

   private:
    friend class SquashedGaussian;
    MatrixF log_std, std, slope;  // slope of log_std by its output
  };

  /// Fills columns `from` ... of a sample from those of `outputs`.
  void draw(MatrixFIn outputs, Index from, Sample& sample) const;
  /// The gradient of sum_j [w log pi(y_j) + g_j . y_j] by the outputs, with the noise held fixed
  /// (reparametrised); g is (dim, cols) and so are the columns of the sample from `from` on.
  void backward(const Sample& sample, Index from, float w, MatrixFIn g, MatrixFOut gradient) const;

 private:
  Index dim_;
  float low_, high_;
  Bounds bounds_;
};

/// a = low + (high - low)/2 (y + 1) with y from a `SquashedGaussian`, whose mean and log standard
/// deviation are outputs of one network; greedy: y = tanh(mean). Weights and biases start at
/// U(+-1/sqrt(fan_in)). Haarnoja et al. 2018.
class RLRUN_API SquashedGaussianMlp final : public Policy {
 public:
  static constexpr const char* kKind = "squashed Gaussian policy";

  struct Params : ObservationParams {
    std::vector<std::int64_t> hidden = {256, 256};
    std::string activation = "relu";
    double min_log_std = -20;
    double max_log_std = 2;
    std::string log_std_bounds = "clamp";

    void fields(Fields& f) {
      f("hidden", hidden, "Widths of the hidden layers.", between(1, 100000));
      f("activation", activation, "Activation of the hidden layers.", {"relu", "tanh"});
      f("min_log_std", min_log_std, "Least log standard deviation before squashing.",
        between(-20, 20));
      f("max_log_std", max_log_std, "Largest log standard deviation before squashing.",
        between(-20, 20));
      f("log_std_bounds", log_std_bounds,
        "How the network's output is kept between them: cut (clamp) or squeezed (tanh).",
        {"clamp", "tanh"});
      ObservationParams::fields(f);
    }
    void check() const;
  };

  /// Throws UserError if the actions are not continuous between finite bounds.
  SquashedGaussianMlp(const Params& params, const EnvSpec& spec, Rng rng);

  [[nodiscard]] std::unique_ptr<Policy> clone() const override;
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override;
  void act(const ActInput& in, MatrixFOut actions, Workspace& workspace) const override;

  /// What the network sees of an observation; critics beside it see the same.
  [[nodiscard]] const nn::ObservationInput& input() const { return input_; }
  /// The network over `params()`; its outputs are (2 action_dim).
  [[nodiscard]] const nn::Mlp& network() const { return network_; }
  [[nodiscard]] const SquashedGaussian& distribution() const { return distribution_; }
  /// y in [-1, 1] for an action of the task, and the other way round, entry by entry.
  [[nodiscard]] float normalised(Index entry, float action) const;
  [[nodiscard]] float denormalised(Index entry, float y) const;

 private:
  nn::ObservationInput input_;
  nn::Mlp network_;
  SquashedGaussian distribution_;
  Box box_;  // of the actions
  VectorF params_;
};

}  // namespace rlrun
