#pragma once
// Declarations that several tasks share. A parameter is the constructor argument of the same name;
// a pair of bounds is two parameters that end in _min and _max.

#include <string>

#include "rlrun/error.hpp"
#include "rlrun/params.hpp"

namespace rlrun::gym {

/// Stands for infinity in a bound, since JSON has none.
constexpr double kNoBound = 1e300;

inline void declare_horizon(Fields& f, std::int64_t& horizon) {
  f("horizon", horizon, "Steps after which an episode is cut off.", at_least(1));
}

/// Fixed before version 5.
template <int kVersion>
void declare_frame_skip(Fields& f, std::int64_t& frame_skip) {
  if constexpr (kVersion >= 5)
    f("frame_skip", frame_skip, "Engine steps per action.", between(1, 1000));
}

inline void declare_noise(Fields& f, double& scale) {
  f("reset_noise_scale", scale, "Size of the random part of the initial state.", at_least(0));
}

inline void declare_exclude(Fields& f, bool& exclude) {
  f("exclude_current_positions_from_observation", exclude,
    "Leave out where in the world the robot is.");
}

inline void declare_forward(Fields& f, double& weight) {
  f("forward_reward_weight", weight, "Weight of the forward velocity in the reward.");
}

inline void declare_control(Fields& f, double& weight) {
  f("ctrl_cost_weight", weight, "Weight of the squared control in the cost.");
}

inline void declare_health(Fields& f, double& reward, bool& terminate) {
  f("healthy_reward", reward, "Reward for each step in which the robot is healthy.");
  f("terminate_when_unhealthy", terminate,
    "Whether the episode ends when the robot leaves the healthy ranges.");
}

/// The reward for health, of parameters that `declare_health` declared. Version 4 pays it whenever
/// the episode would end without it.
template <int kVersion, class Params>
double healthy_reward(const Params& p, bool healthy) {
  const bool paid = healthy || (kVersion < 5 && p.terminate_when_unhealthy);
  return paid ? p.healthy_reward : 0;
}

struct Bounds {
  double min, max;

  void declare(Fields& f, const char* min_name, const char* max_name, const char* min_doc,
               const char* max_doc) {
    f(min_name, min, min_doc, between(-kNoBound, kNoBound));
    f(max_name, max, max_doc, between(-kNoBound, kNoBound));
  }
  /// Throws UserError if nothing lies between.
  void check(const std::string& name) const {
    if (min > max) throw UserError(name + "_min is above " + name + "_max; it must not be larger");
  }
  [[nodiscard]] bool inside(double x) const { return min < x && x < max; }
  [[nodiscard]] bool contain(double x) const { return min <= x && x <= max; }
};

}  // namespace rlrun::gym
