#include "sample/slot.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "rlrun/error.hpp"

namespace rlrun {
namespace {

[[noreturn]] void not_finite(const char* what, std::int64_t step) {
  throw NotFinite(std::string(what) + " at step " + std::to_string(step) + " of an episode");
}

// What the environment says must be an observation of its space; NaN is in none.
void check_observation(VectorFIn observation, const std::vector<Index>& n_choices,
                       std::int64_t step) {
  if (!observation.allFinite())
    not_finite("the environment returned a non-finite observation", step);
  for (std::size_t i = 0; i < n_choices.size(); ++i)
    if (const float value = observation(Index(i)); !is_choice(value, n_choices[i]))
      throw TrialError("the environment returned an observation whose entry " + std::to_string(i) +
                       " is " + wrong_choice(value, n_choices[i]) + ", at step " +
                       std::to_string(step) + " of an episode");
}

}  // namespace

void append(EpisodeLog& to, const EpisodeLog& from) {
  to.returns.insert(to.returns.end(), from.returns.begin(), from.returns.end());
  to.lengths.insert(to.lengths.end(), from.lengths.begin(), from.lengths.end());
  to.endings.insert(to.endings.end(), from.endings.begin(), from.endings.end());
}

Slot::Slot(std::unique_ptr<Env> env, double unstable_penalty)
    : env_(std::move(env)),
      split_(env_->split_step()),
      unstable_penalty_(unstable_penalty),
      horizon_(env_->spec().horizon),
      n_choices_(n_choices(env_->spec().observation)),
      next_(env_->spec().obs_dim()) {}

void Slot::begin(const Rng& stream, VectorFOut observation) {
  length_ = 0;
  total_ = 0;
  ending_ = EpisodeEnding::kTimeLimit;
  env_->reset(stream, observation);
  check_observation(observation, n_choices_, 0);
}

void Slot::begin_step(VectorFIn action) {
  if (split_ == nullptr || !action.allFinite()) return;  // `step` says what is not finite
  split_->begin_step(action);
  step_begun_ = true;
}

Step Slot::step(VectorFIn action, VectorFOut observation) {
  if (!action.allFinite()) not_finite("the policy chose a non-finite action", length_);
  next_ = observation;
  const Transition transition =
      std::exchange(step_begun_, false) ? split_->end_step(next_) : env_->step(action, next_);
  ++length_;
  if (transition.unstable) {
    break_down();
    if (unstable_penalty_ > 0) return {.reward = -unstable_penalty_, .terminated = true};
    return {.truncated = true, .unstable = true};
  }
  if (!std::isfinite(transition.reward))
    not_finite("the environment returned a non-finite reward", length_);
  check_observation(next_, n_choices_, length_);
  observation = next_;
  total_ += transition.reward;
  if (transition.terminated) ending_ = EpisodeEnding::kTerminated;
  return {.reward = transition.reward,
          .terminated = transition.terminated,
          .truncated = !transition.terminated && (transition.truncated || length_ >= horizon_)};
}

void Slot::break_down() {
  ending_ = EpisodeEnding::kUnstable;
  total_ -= unstable_penalty_;
}

void Slot::record(EpisodeLog& log) const {
  log.returns.push_back(total_);
  log.lengths.push_back(static_cast<std::int32_t>(length_));
  log.endings.push_back(static_cast<std::uint8_t>(ending_));
}

RunningSlot::RunningSlot(Slot slot, const Rng& streams)
    : slot_(std::move(slot)), streams_(streams) {
  constexpr Index kMostReserved = 10'000;  // steps; a horizon may be without end
  observation_.resize(slot_.spec().obs_dim());
  next_observation_ = VectorF::Zero(slot_.spec().obs_dim());
  actions_.reserve(static_cast<std::size_t>(slot_.spec().action_dim() *
                                            std::min(slot_.spec().horizon, kMostReserved)));
  begin_episode();
}

void RunningSlot::begin_episode() {
  actions_.clear();
  slot_.begin(streams_.fork(static_cast<std::uint64_t>(episode_)), observation_);
}

void RunningSlot::begin_step(VectorFIn action) {
  slot_.begin_step(action);
}

Step RunningSlot::step(VectorFIn action, EpisodeLog& log) {
  actions_.insert(actions_.end(), action.data(), action.data() + action.size());
  next_observation_ = observation_;  // stays if the simulation breaks down
  const Step step = slot_.step(action, next_observation_);
  if (step.ended()) {
    slot_.record(log);
    ++episode_;
    begin_episode();
  } else {
    observation_ = next_observation_;
  }
  return step;
}

void RunningSlot::state(Archive& archive) {
  archive("episode", episode_);
  auto n_floats = static_cast<std::int64_t>(actions_.size());
  archive("n_actions", n_floats);
  if (!archive.restoring()) {
    archive.values("actions", actions_.data(), n_floats);
    archive("observation", observation_);
    archive("next_observation", next_observation_);
    return;
  }
  const Index size = slot_.spec().action_dim();
  if (n_floats < 0 || n_floats % size != 0 || n_floats / size > slot_.spec().horizon)
    throw UserError("the stored actions of the running episode do not fit the environment",
                    ExitCode::kStore);
  std::vector<float> actions(static_cast<std::size_t>(n_floats));
  archive.values("actions", actions.data(), n_floats);
  VectorF observation = observation_, next_observation = next_observation_;
  archive("observation", observation);
  archive("next_observation", next_observation);
  begin_episode();
  EpisodeLog none;
  for (Index i = 0; i < n_floats; i += size)
    step(Eigen::Map<const VectorF>(actions.data() + i, size), none);
  if (!none.returns.empty() || observation_ != observation)
    throw UserError(
        "the environment does not come back to the same state when an episode is played again",
        ExitCode::kStore);
  next_observation_ = next_observation;
}

}  // namespace rlrun
