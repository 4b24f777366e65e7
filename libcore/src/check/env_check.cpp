#include "check/env_check.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <exception>
#include <limits>
#include <thread>

#include <fmt/format.h>

#include "sample/env_player.hpp"

namespace rlrun {
namespace {

using Violations = std::vector<std::string>;

Trace played(const EnvFactory& make, Rng stream, Index steps) {
  const auto env = make();
  return Player(*env, stream).play(steps).trace;
}

void check_space(const Space& space, const char* what, Violations& found) {
  const Index size = flat_size(space);
  if (size < 1) found.push_back(fmt::format("the {} space is empty", what));
  if (const auto* b = std::get_if<Box>(&space)) {
    if (b->low.size() != b->high.size())
      found.push_back(fmt::format("the {} box has {} lower and {} upper bounds", what,
                                  b->low.size(), b->high.size()));
    else if (!(b->low.array() <= b->high.array()).all())
      found.push_back(fmt::format("a lower bound of the {} box is above the upper one", what));
    Index volume = 1;
    for (const Index n : b->shape) volume *= n;
    if (!b->shape.empty() && volume != size)
      found.push_back(
          fmt::format("the shape of the {} box holds {} numbers, the box {}", what, volume, size));
  } else if (const auto* d = std::get_if<Discrete>(&space)) {
    if (d->n < 1) found.push_back(fmt::format("the {} space has no choices", what));
  } else {
    for (const Index n : std::get<MultiDiscrete>(space).n)
      if (n < 1) found.push_back(fmt::format("an entry of the {} space has no choices", what));
  }
}

// Observations are written into the middle of a longer vector, so that a stray write shows, over
// NaNs, so that a missing one does.
/// Returns whether the other laws can be tried: not if the environment writes over others' memory.
bool check_values(const EnvFactory& make, Rng stream, Index steps, Violations& found) {
  constexpr Index kMargin = 64;
  constexpr float kUntouched = 12345.5F;
  const auto env = make();
  const EnvSpec spec = env->spec();
  const Index dim = spec.obs_dim();
  VectorF buffer = VectorF::Constant(dim + 2 * kMargin, kUntouched);
  VectorF action(spec.action_dim());
  Rng actions = stream.fork("actions");
  bool finite = true, inside = true, rewards = true;
  std::uint64_t episode = 0;
  Index left = 0;
  for (Index i = 0; i <= steps; ++i) {
    auto observation = buffer.segment(kMargin, dim);
    observation.setConstant(std::numeric_limits<float>::quiet_NaN());
    if (left == 0) {
      env->reset(stream.fork("episode").fork(episode++), observation);
      left = spec.horizon;
    } else {
      draw_action(spec.action, actions, action);
      const Transition t = env->step(action, observation);
      left = t.ended() ? 0 : left - 1;
      if (t.unstable) continue;
      rewards = rewards && std::isfinite(t.reward);
    }
    finite = finite && observation.allFinite();
    inside = inside && (!observation.allFinite() || contains(spec.observation, observation));
  }
  if (!finite)
    found.emplace_back("an entry of an observation is not finite, or was not written at all");
  if (!inside) found.emplace_back("an observation lies outside the observation space");
  if (!rewards) found.emplace_back("a reward is not finite");
  const bool stray = (buffer.head(kMargin).array() != kUntouched).any() ||
                     (buffer.tail(kMargin).array() != kUntouched).any();
  if (stray) found.emplace_back("something was written beside the observation");
  return !stray;
}

void check_streams(const EnvFactory& make, Rng stream, Index steps, Violations& found) {
  const Trace fresh = played(make, stream, steps);
  if (fresh != played(make, stream, steps))
    found.emplace_back("two instances with equal streams and actions play different episodes");

  const auto used = make();
  // An odd number of steps leaves most episodes unfinished.
  Player(*used, stream.fork("before")).play(steps / 2 + 7);
  if (fresh != Player(*used, stream).play(steps).trace)
    found.emplace_back("an instance that was used before plays another episode than a fresh one");

  const auto one = make(), two = make();
  Player first(*one, stream), second(*two, stream.fork("beside"));
  for (Index i = 0; i <= steps; ++i) {
    first.turn();
    second.turn();
  }
  if (fresh != first.trace)
    found.emplace_back("an instance plays differently while another one is in use");

  // The instance moves to the thread too: it may be made on one and used on another.
  const auto moved = make();
  Trace elsewhere;
  std::exception_ptr failure;
  std::thread thread([&] {
    try {
      elsewhere = Player(*moved, stream).play(steps).trace;
    } catch (...) {
      failure = std::current_exception();
    }
  });
  thread.join();
  if (failure) std::rethrow_exception(failure);
  if (fresh != elsewhere) found.emplace_back("an instance plays differently on another thread");
}

// Equal actions: whatever differs comes from the stream of the reset. A task may start in the same
// state always and leave little to chance, so several streams are tried.
void check_chance(const EnvFactory& make, Rng stream, Index steps,
                  std::vector<std::string>& notes) {
  constexpr std::uint64_t kStreams = 8;
  const auto env = make();
  const EnvSpec spec = env->spec();
  const auto episode = [&](std::uint64_t number) {
    Trace trace;
    VectorF action(spec.action_dim()), observation(spec.obs_dim());
    Rng actions = stream.fork("actions");
    env->reset(stream.fork("episode").fork(number), observation);
    trace.add(observation);
    for (Index i = 0; i < std::min(steps, spec.horizon); ++i) {
      draw_action(spec.action, actions, action);
      const Transition t = env->step(action, observation);
      trace.add(t);
      if (t.unstable) break;
      trace.add(observation);
      if (t.ended()) break;
    }
    return trace;
  };
  const Trace first = episode(0);
  for (std::uint64_t number = 1; number < kStreams; ++number)
    if (episode(number) != first) return;
  notes.push_back(fmt::format(
      "{} streams give the same episode: the task is deterministic, or does not use its stream",
      kStreams));
}

void check_clipping(const EnvFactory& make, Rng stream, Index steps, Violations& found) {
  const auto one = make(), two = make();
  const EnvSpec spec = one->spec();
  const auto* range = std::get_if<Box>(&spec.action);
  if (range == nullptr || spec.raw_actions) return;
  Rng numbers = stream.fork("actions");
  VectorF outside(spec.action_dim()), clipped(spec.action_dim());
  VectorF a(spec.obs_dim()), b(spec.obs_dim());
  std::uint64_t episode = 0;
  Index left = 0;
  for (Index i = 0; i <= steps; ++i) {
    Trace first, second;
    if (left == 0) {
      one->reset(stream.fork(episode), a);
      two->reset(stream.fork(episode), b);
      ++episode;
      left = spec.horizon;
    } else {
      for (Index k = 0; k < outside.size(); ++k) {
        const float low = range->low(k), high = range->high(k);
        const bool bounded = std::isfinite(low) && std::isfinite(high);
        const double scale = bounded ? high - low : 1.0;
        const double middle = bounded ? (low + high) / 2.0 : 0.0;
        outside(k) = static_cast<float>(middle + scale * 2 * numbers.normal());
        clipped(k) = std::clamp(outside(k), low, high);
      }
      const Transition s = one->step(outside, a), t = two->step(clipped, b);
      first.add(s);
      second.add(t);
      left = s.ended() ? 0 : left - 1;
      if (s.unstable && t.unstable) continue;
    }
    first.add(a);
    second.add(b);
    if (first != second) {
      found.emplace_back("an action outside its box does not act as the clipped one");
      return;
    }
  }
}

void check_state(const EnvFactory& make, Rng stream, Index steps, Violations& found) {
  const auto one = make(), two = make();
  StateAccess* from = one->state_access();
  StateAccess* to = two->state_access();
  if (from == nullptr || to == nullptr) return;
  const EnvSpec spec = one->spec();
  VectorF a(spec.obs_dim()), b(spec.obs_dim()), action(spec.action_dim());
  Vector exact(spec.obs_dim());
  Rng actions = stream.fork("actions");

  // Into the middle of an episode with one instance, then both from the state reached there.
  one->reset(stream.fork("episode"), a);
  two->reset(stream.fork("episode"), b);
  for (int i = 0; i < 5; ++i) {
    draw_action(spec.action, actions, action);
    const Transition t = one->step(action, a);
    if (t.ended()) break;
  }
  from->observe(exact);
  if (exact.cast<float>() != a)
    found.emplace_back("the exact observation, rounded, is not the observation");

  const std::vector<StateAccess::Field> fields = from->state_fields();
  const std::vector<Vector> state = from->get_state();
  bool sizes = state.size() == fields.size();
  for (std::size_t i = 0; sizes && i < fields.size(); ++i)
    sizes = state[i].size() == fields[i].size;
  if (!sizes) {
    found.emplace_back("the state does not have the fields and sizes that it declares");
    return;
  }
  to->set_state(state, b);
  if (to->get_state() != state) found.emplace_back("a state that was set is not what is read back");
  from->set_state(state, a);
  Trace first, second;
  first.add(a);
  second.add(b);
  for (Index i = 0; i < std::min(steps, spec.horizon); ++i) {
    draw_action(spec.action, actions, action);
    const Transition s = one->step(action, a), t = two->step(action, b);
    first.add(s);
    second.add(t);
    if (s.unstable || t.unstable) break;
    first.add(a);
    second.add(b);
    if (s.ended() || t.ended()) break;
  }
  if (first != second)
    found.emplace_back("two instances that were set to the same state go on differently");
}

template <class Law>
void guarded(const char* name, Violations& found, Law law) {
  try {
    law();
  } catch (const std::exception& e) {
    found.push_back(fmt::format("{}: the environment throws: {}", name, e.what()));
  }
}

}  // namespace

EnvCheck check_env(const EnvFactory& make, Index steps) {
  EnvCheck result;
  Violations& found = result.violations;
  guarded("the spec", found, [&] {
    const EnvSpec spec = make()->spec();
    if (spec.horizon < 1) found.push_back(fmt::format("the horizon is {}", spec.horizon));
    check_space(spec.observation, "observation", found);
    check_space(spec.action, "action", found);
  });
  if (!found.empty()) return result;  // nothing can be played

  const Rng stream = Rng(0).fork("check_env");
  bool safe = true;
  guarded("observations and rewards", found,
          [&] { safe = check_values(make, stream.fork("values"), steps, found); });
  if (!safe) return result;
  guarded("streams", found, [&] { check_streams(make, stream.fork("streams"), steps, found); });
  guarded("chance", found, [&] { check_chance(make, stream.fork("chance"), steps, result.notes); });
  guarded("clipping", found, [&] { check_clipping(make, stream.fork("clip"), steps, found); });
  guarded("state access", found, [&] { check_state(make, stream.fork("state"), steps, found); });
  return result;
}

std::vector<std::string> check_rendering(const EnvFactory& make, Index steps) {
  Violations found;
  guarded("rendering", found, [&] {
    const auto env = make();
    Renderable* picture = env->renderable();
    if (picture == nullptr) return;
    if (!(picture->seconds_per_step() > 0) || !std::isfinite(picture->seconds_per_step()))
      found.emplace_back("a step does not last a positive time");
    const Rng stream = Rng(0).fork("check_rendering");
    Player player(*env, stream);
    for (Index i = 0; i <= steps; ++i) {
      player.turn();
      if (i % 10 != 0) continue;
      Frame one{.width = 64, .height = 48, .rgb = {}}, two = one;
      picture->render(one);
      picture->render(two);
      if (one.rgb.size() != 3 * 64 * 48) {
        found.emplace_back("a picture does not hold three bytes a pixel");
        return;
      }
      if (one.rgb != two.rgb) {
        found.emplace_back("two pictures of the same state differ");
        return;
      }
    }
    if (player.trace != played(make, stream, steps))
      found.emplace_back("drawing changes the episode");
  });
  return found;
}

}  // namespace rlrun
