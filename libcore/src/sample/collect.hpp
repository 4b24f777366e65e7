#pragma once
// The verb `collect`: whole episodes until a number of steps is reached.

#include <exception>
#include <memory>
#include <vector>

#include "sample/handover.hpp"
#include "sample/sample_source.hpp"
#include "sample/slot.hpp"

namespace rlrun {

/// Episodes as a slot records them, flat and reused from call to call, so that a step allocates
/// nothing once the buffers have grown to what a call needs.
struct Recording {
  std::vector<float> observations, actions;
  std::vector<double> rewards;
  struct Span {
    Index steps;
    bool terminated, unstable;
  };
  std::vector<Span> episodes;
  EpisodeLog log;
  Index steps = 0;     // counts unstable steps too
  Index recorded = 0;  // steps of the running episode
  std::exception_ptr error;

  void clear() {
    observations.clear();
    actions.clear();
    rewards.clear();
    episodes.clear();
    log = {};
    error = nullptr;
    steps = recorded = 0;
  }
  void observe(const float* data, Index size) {
    observations.insert(observations.end(), data, data + size);
  }
};

class Collect {
 public:
  explicit Collect(SampleSource& source) : source_(source) {}
  Batch operator()(const Policy& policy, Index min_steps);

 private:
  void begin_episode(Slice& slice, Index column, const Rng& streams);
  bool step_column(Slice& slice, Index column, const Rng& streams, Index quota);
  void run_slice(const Policy& policy, Slice& slice, Handover& handover, const Rng& streams,
                 Index quota);
  Batch take_batch(Index n_slots);

  SampleSource& source_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Recording> recordings_;
  std::vector<Slice> slices_;
};

}  // namespace rlrun
