#include "sample/walks.hpp"

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun {

RunningWalks::RunningWalks(SampleSource& source, Index n)
    : source_(source),
      logs_(static_cast<std::size_t>(n)),
      steps_(static_cast<std::size_t>(n)),
      observations_(source.spec.obs_dim(), n),
      next_observations_(source.spec.obs_dim(), n) {
  RLRUN_CHECK(n > 0);
  running_.reserve(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) {
    const Rng streams = i == 0 ? source.root.fork("walk")
                               : source.root.fork("walks").fork(static_cast<std::uint64_t>(i));
    running_.emplace_back(source.slot(), streams);
    observations_.col(i) = running_.back().observation();
    next_observations_.col(i) = observations_.col(i);
  }
}

void RunningWalks::step_one(Index i, MatrixFIn actions) {
  const auto place = static_cast<std::size_t>(i);
  steps_[place] = running_[place].step(actions.col(i), logs_[place]);
  observations_.col(i) = running_[place].observation();
  next_observations_.col(i) = running_[place].next_observation();
}

bool RunningWalks::in_parallel(Index n) const {
  constexpr std::chrono::microseconds kWorthIt{5};
  return n > 1 && timed_steps_ >= kTimedSteps && n * step_time_ / timed_steps_ > kWorthIt;
}

std::span<const Step> RunningWalks::step(MatrixFIn actions) {
  const Index n = actions.cols();
  RLRUN_CHECK(n > 0 && n <= size());
  if (source_.split_steps)
    for (Index i = 0; i < n; ++i) running_[static_cast<std::size_t>(i)].begin_step(actions.col(i));
  if (in_parallel(n)) {
    parallel_for(n, [&](Index i) { step_one(i, actions); });
  } else {
    using Clock = std::chrono::steady_clock;
    const bool timed = timed_steps_ < kTimedSteps && n > 1;
    const auto start = timed ? Clock::now() : Clock::time_point();
    for (Index i = 0; i < n; ++i) step_one(i, actions);
    if (timed) {
      step_time_ += Clock::now() - start;
      timed_steps_ += static_cast<int>(n);
    }
  }
  for (Index i = 0; i < n; ++i) {
    EpisodeLog& log = logs_[static_cast<std::size_t>(i)];
    if (log.returns.empty()) continue;
    append(source_.log.episodes, log);
    log.returns.clear();
    log.lengths.clear();
    log.endings.clear();
  }
  source_.count(n);
  source_.tick(n);
  return std::span(steps_).first(static_cast<std::size_t>(n));
}

void RunningWalks::state(Archive& archive) {
  for (std::size_t i = 0; i < running_.size(); ++i) {
    running_[i].state(archive);
    observations_.col(static_cast<Index>(i)) = running_[i].observation();
    next_observations_.col(static_cast<Index>(i)) = running_[i].next_observation();
  }
}

}  // namespace rlrun
