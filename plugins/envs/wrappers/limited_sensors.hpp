#pragma once
// The variant with limited sensors of Duan et al. 2016: positions and angles are seen, velocities
// are not.

#include "observation_subset.hpp"

namespace rlrun::wrappers {

class LimitedSensors final : public Subset {
 public:
  struct Params {
    std::vector<std::int64_t> entries = {};

    void fields(Fields& f) {
      f("entries", entries,
        "Which entries of the observation are positions, counted from 0; empty: those that the "
        "task says are.",
        at_least(0));
    }
  };

  LimitedSensors(const Params& params, std::unique_ptr<Env> env) : Subset(std::move(env)) {
    const std::vector<Index> positions = inner_spec().positions;
    if (!params.entries.empty()) {
      show_only(params.entries, "limited_sensors");
    } else if (!positions.empty()) {
      show_only(positions, "limited_sensors");
    } else {
      throw UserError(
          "limited_sensors: this task does not say which entries of its observation are positions; "
          "name them with 'entries'");
    }
  }
};

}  // namespace rlrun::wrappers
