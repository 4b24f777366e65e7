#pragma once
// One or two poles on a cart: keep them upright.

#include "gym_task.hpp"
#include "params.hpp"

namespace rlrun::gym {

/// Version 4 pays for the step in which the pole falls, version 5 does not.
template <int kVersion>
class InvertedPendulum final : public GymTask {
 public:
  struct Params {
    double reset_noise_scale = 0.01;
    std::int64_t frame_skip = 2, horizon = 1000;

    void fields(Fields& f) {
      if constexpr (kVersion >= 5) declare_noise(f, reset_noise_scale);
      declare_frame_skip<kVersion>(f, frame_skip);
      declare_horizon(f, horizon);
    }
  };
  static Model load(const Params& params);
  InvertedPendulum(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
};

/// Version 4 pays the bonus for the step in which the poles fall and observes three constraint
/// forces; version 5 observes the first, the others being zero.
template <int kVersion>
class InvertedDoublePendulum final : public GymTask {
 public:
  struct Params {
    double healthy_reward = 10, reset_noise_scale = 0.1;
    std::int64_t frame_skip = 5, horizon = 1000;

    void fields(Fields& f) {
      if constexpr (kVersion >= 5) {
        f("healthy_reward", healthy_reward, "Reward for each step in which the poles stand.");
        declare_noise(f, reset_noise_scale);
      }
      declare_frame_skip<kVersion>(f, frame_skip);
      declare_horizon(f, horizon);
    }
  };
  static Model load(const Params& params);
  InvertedDoublePendulum(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  [[nodiscard]] Transition outcome(VectorFIn action) const override;
  double healthy_reward_;
};

}  // namespace rlrun::gym
