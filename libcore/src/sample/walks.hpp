#pragma once
// The verbs `walks` and `walk`: environments whose actions somebody else chooses.

#include <chrono>
#include <vector>

#include "sample/sample_source.hpp"
#include "sample/slot.hpp"

namespace rlrun {

class RunningWalks final : public Walks {
 public:
  RunningWalks(SampleSource& source, Index n);

  [[nodiscard]] Index size() const override { return static_cast<Index>(running_.size()); }
  [[nodiscard]] bool at_start(Index i) const override { return slot(i).at_start(); }
  [[nodiscard]] const MatrixF& observations() const override { return observations_; }
  [[nodiscard]] const MatrixF& next_observations() const override { return next_observations_; }
  std::span<const Step> step(MatrixFIn actions) override;
  [[nodiscard]] const RunningSlot& slot(Index i) const {
    return running_[static_cast<std::size_t>(i)];
  }
  void state(Archive& archive);

 private:
  static constexpr int kTimedSteps = 64;

  void step_one(Index i, MatrixFIn actions);
  // Waking the other threads pays where a round of steps takes longer than that.
  [[nodiscard]] bool in_parallel(Index n) const;

  SampleSource& source_;
  std::vector<RunningSlot> running_;
  std::vector<EpisodeLog> logs_;
  std::vector<Step> steps_;
  MatrixF observations_, next_observations_;
  int timed_steps_ = 0;  // one after the other, and how long they took
  std::chrono::nanoseconds step_time_{0};
};

/// The first of them alone.
class OneWalk final : public Walk {
 public:
  explicit OneWalk(RunningWalks& walks) : walks_(walks) {}
  [[nodiscard]] bool at_start() const override { return walks_.at_start(0); }
  [[nodiscard]] const VectorF& observation() const override { return walks_.slot(0).observation(); }
  [[nodiscard]] const VectorF& next_observation() const override {
    return walks_.slot(0).next_observation();
  }
  Step step(VectorFIn action) override { return walks_.step(action).front(); }

 private:
  RunningWalks& walks_;
};

}  // namespace rlrun
