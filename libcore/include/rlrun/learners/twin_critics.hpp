#pragma once
// Two action values that learn from the same minibatches, so that the smaller one can be trusted.
//
//   S. Fujimoto, H. van Hoof, D. Meger, "Addressing Function Approximation Error in Actor-Critic
//   Methods", ICML 2018, section 4.2 (clipped double Q-learning).

#include <array>
#include <string>
#include <vector>

#include "rlrun/nn/learner.hpp"
#include "rlrun/nn/observation_input.hpp"
#include "rlrun/replay/replay_buffer.hpp"

namespace rlrun {

/// Q_0, Q_1 and their targets Q'_0, Q'_1: networks over (s, a), where s is what `input` makes of an
/// observation, as beside it the actor sees it. What has `from` and `n` concerns
/// these columns of a minibatch, and several threads may call it for different columns at once.
class RLRUN_API TwinCritics {
 public:
  TwinCritics(const nn::ObservationInput& input, Index action_dim,
              const std::vector<std::int64_t>& hidden, const std::string& activation,
              Index batch_size, const Rng& rng);
  TwinCritics(const TwinCritics&) = delete;  // the learners refer to the network
  TwinCritics& operator=(const TwinCritics&) = delete;

  /// y = min_i Q'_i(s', a'), where s' are the next observations of the batch, n columns.
  void target_minimum(const TransitionBatch& batch, MatrixFIn next_actions, Index from, Index n,
                      VectorFOut y);
  /// Slopes of mean_j (Q_i(s_j, a_j) - y_j)^2 for both; `y` (n).
  void regress(const TransitionBatch& batch, VectorFIn y, Index from, Index n);
  /// A step of Adam for both along these slopes; the targets follow by tau.
  void descend(double step_size, double tau);
  /// Sum over both of mean_j (Q_i(s_j, a_j) - y_j)^2 in the last regression over all columns.
  [[nodiscard]] double loss() const;

  /// Q_i(s, a) of the regression's observations and other actions: (1, n). Follows `regress`.
  Eigen::Ref<const MatrixF> values(std::size_t i, MatrixFIn actions, Index from, Index n);
  /// dL/d(values), written by the caller: (1, n).
  [[nodiscard]] MatrixFOut value_gradients(std::size_t i, Index from, Index n) {
    return passes_[i].output_gradients(from, n);
  }
  /// dL/d(actions) of the last `values`: (action_dim, n). The critics themselves learn nothing.
  Eigen::Ref<const MatrixF> action_gradients(std::size_t i, Index from, Index n);

  [[nodiscard]] const nn::Learner& operator[](std::size_t i) const { return critics_[i]; }
  [[nodiscard]] bool all_finite() const;
  void state(Archive& archive);

 private:
  nn::Learner critic(Rng rng) const;

  void write_inputs(MatrixFIn observations, MatrixFIn actions, MatrixFOut inputs) const;

  nn::ObservationInput input_;
  Index action_dim_;
  nn::Mlp network_;
  std::array<nn::Learner, 2> critics_;
  std::array<nn::Pass, 2> passes_;
  nn::Pass target_pass_;
  MatrixF errors_;  // (2, batch_size)
};

}  // namespace rlrun
