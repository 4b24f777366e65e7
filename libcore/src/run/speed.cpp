#include "run/speed.hpp"

#include <atomic>
#include <chrono>
#include <limits>
#include <new>
#include <vector>

#include <sys/mman.h>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "plugin/child.hpp"
#include "plugin/loader.hpp"
#include "run/run_trial.hpp"
#include "sample/training_evaluation.hpp"

namespace rlrun {
namespace {

using Clock = std::chrono::steady_clock;
using Ticks = std::atomic<std::int64_t>;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A number that the child counts up and that outlives it; null if there is no memory.
class SharedTicks {
 public:
  SharedTicks() {
    void* memory =
        mmap(nullptr, sizeof(Ticks), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) ticks_ = new (memory) Ticks(0);
  }
  ~SharedTicks() {
    if (ticks_ != nullptr) munmap(ticks_, sizeof(Ticks));
  }
  SharedTicks(const SharedTicks&) = delete;
  SharedTicks& operator=(const SharedTicks&) = delete;
  [[nodiscard]] Ticks* get() const { return ticks_; }

 private:
  Ticks* ticks_ = nullptr;
};

struct Mark {
  double seconds = 0;
  std::int64_t steps = 0;
};

// From the last mark before half of the time to the last one.
double seconds_per_step(const std::vector<Mark>& marks) {
  const Mark& last = marks.back();
  Mark from;
  for (const Mark& mark : marks)
    if (mark.seconds <= last.seconds / 2) from = mark;
  return last.steps > from.steps
             ? (last.seconds - from.seconds) / static_cast<double>(last.steps - from.steps)
             : -1;
}

json::Value go(Trial trial, const Catalog& catalog, double seconds, int threads, Ticks* ticks) {
  LoadedPlugins& plugins = *new LoadedPlugins();  // the child ends without destructors
  for (const PluginFile* file : plugins_of(trial, catalog)) plugins.load(*file);
  set_thread_count(threads);
  const EvaluationPlan evaluation = std::exchange(trial.evaluation, {});
  std::vector<Mark> marks;
  const Clock::time_point start = Clock::now();
  TrialContext context;
  context.ticker = ticks;
  context.on_progress = [&](const TrialProgress& progress) {
    if (progress.iterations > 0) marks.push_back({seconds_since(start), progress.steps});
  };
  context.stop_requested = [&] { return seconds_since(start) >= seconds; };
  TrialRecord record;
  run_trial(trial, plugins, context, record);

  double per_episode = 0;
  if (evaluation.every > 0) {
    const EnvFactory env = make_env(trial.env, plugins);
    const auto policy = make_policy(trial, plugins, env()->spec());
    TrainingEvaluation played(env, 1, Rng(trial.seed).fork("speed"));
    const Clock::time_point begin = Clock::now();
    played.play(*policy, 0, ticks);
    per_episode = seconds_since(begin);
  }
  return json::Object{{"seconds_per_step", seconds_per_step(marks)},
                      {"steps_per_iteration", static_cast<double>(marks.back().steps) /
                                                  static_cast<double>(record.curves.size())},
                      {"seconds_per_episode", per_episode}};
}

}  // namespace

Speed measure_speed(const Trial& trial, const Catalog& catalog, double seconds, int threads) {
  const std::chrono::milliseconds limit(static_cast<std::int64_t>(5000 * seconds));
  const SharedTicks ticks;
  const Clock::time_point start = Clock::now();
  Speed speed;
  try {
    const json::Value answer = run_in_child(
        "speed", limit, [&] { return go(trial, catalog, seconds, threads, ticks.get()); });
    speed.seconds_per_step = *answer.find("seconds_per_step")->if_double();
    speed.steps_per_iteration = *answer.find("steps_per_iteration")->if_double();
    speed.seconds_per_episode = *answer.find("seconds_per_episode")->if_double();
  } catch (const UserError&) {
    // Too slow for the time, if it did anything at all in it.
    const std::int64_t steps = ticks.get() == nullptr ? 0 : ticks.get()->load();
    const double passed = seconds_since(start);
    if (steps > 0 && passed * 1000 >= static_cast<double>(limit.count())) {
      speed.seconds_per_step = passed / static_cast<double>(steps);
      speed.sampling_only = true;
    }
  }
  return speed;
}

}  // namespace rlrun
