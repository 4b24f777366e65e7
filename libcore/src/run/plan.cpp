#include "run/plan.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "plugin/child.hpp"
#include "plugin/loader.hpp"
#include "run/machine.hpp"
#include "run/progress.hpp"
#include "run/run_trial.hpp"
#include "run/stored_policy.hpp"

namespace rlrun {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kProbeSeconds = 0.2;
constexpr std::chrono::milliseconds kProbeLimit{10000};

// Steps per second of one environment under random actions, on this thread.
double measure_env(const Trial& trial, const Catalog& catalog) {
  LoadedPlugins plugins;
  const std::unique_ptr<Env> env = load_env(trial.env, catalog, plugins)();
  const EnvSpec& spec = env->spec();
  VectorF observation(spec.obs_dim()), action = VectorF::Zero(spec.action_dim());
  const auto* box = std::get_if<Box>(&spec.action);
  Rng rng(1);
  std::int64_t steps = 0;
  const Clock::time_point start = Clock::now();
  double seconds = 0;
  for (std::uint64_t episode = 0; seconds < kProbeSeconds; ++episode) {
    env->reset(rng.fork(episode), observation);
    for (Index t = 0; t < spec.horizon && seconds < kProbeSeconds; ++t) {
      if (box != nullptr) rng.fill_uniform(action, -1, 1);
      ++steps;
      const Transition transition = env->step(action, observation);
      seconds = std::chrono::duration<double>(Clock::now() - start).count();
      if (transition.terminated || transition.unstable) break;
    }
  }
  return static_cast<double>(steps) / seconds;
}

// In a child, because this process loads no plugin. Negative if the child fails or hangs: the sweep
// itself will say what is wrong.
double probe_env(const Trial& trial, const Catalog& catalog) {
  try {
    const json::Value rate = run_in_child("probe", kProbeLimit,
                                          [&] { return json::Value(measure_env(trial, catalog)); });
    return *rate.if_double();
  } catch (const UserError&) {
    return -1;
  }
}

// Mean seconds of the finished trials of each task and algorithm (by their configured names).
std::map<std::pair<std::string, std::string>, double> known_durations(const Store& store) {
  std::map<std::pair<std::string, std::string>, std::pair<double, int>> sums;
  if (std::filesystem::exists(store.folder() / "trials"))
    for (const TrialRecord& record : read_results(store.folder()).trials) {
      if (record.status != TrialStatus::kComplete || record.curves.size() == 0) continue;
      const Trial trial = Trial::from_config(record.config);
      auto& [seconds, n] = sums[{trial.env.label, trial.algorithm.label}];
      // Per step, so that trials of another length serve too.
      seconds += record.wall_seconds / static_cast<double>(record.curves.steps.back());
      ++n;
    }
  std::map<std::pair<std::string, std::string>, double> result;
  for (const auto& [pair, sum] : sums) result[pair] = sum.first / sum.second;
  return result;
}

std::string steps_text(std::int64_t steps) {
  return steps > 0 ? fmt::format("{}", steps) : "?";
}

}  // namespace

Plan plan_sweep(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
                const SweepOptions& options) {
  Plan plan;
  const int cores = available_cores();
  plan.jobs = options.jobs > 0 ? options.jobs : cores;
  const std::vector<std::string> committed = store.committed();
  const std::set<std::string> done(committed.begin(), committed.end());
  const auto durations = known_durations(store);
  std::map<std::string, double> probes;  // environment -> seconds per step
  bool from_results = false, from_probes = false, unknown = false;
  double total = 0;
  for (const Trial& trial : trials) {
    PlannedTrial planned{.id = trial.id(),
                         .label = trial.label(),
                         .iterations = trial.budget.iterations,
                         .steps = planned_steps(trial)};
    planned.done = done.contains(planned.id);
    const auto known = durations.find({trial.env.label, trial.algorithm.label});
    double per_step = -1;
    if (known != durations.end()) {
      per_step = known->second;
      from_results = true;
    } else {
      const std::string key = trial.env.name + json::canonical(trial.env.params);
      if (!probes.contains(key)) probes[key] = 1 / probe_env(trial, catalog);
      per_step = probes[key];
      from_probes = true;
    }
    if (per_step > 0 && planned.steps > 0) {
      planned.seconds = per_step * static_cast<double>(planned.steps);
      if (!planned.done) total += planned.seconds;
    } else {
      unknown = true;
    }
    plan.trials.push_back(std::move(planned));
  }
  if (!unknown) plan.seconds = total / std::min<int>(cores, plan.jobs);
  plan.estimated_by = from_results && from_probes ? "finished trials, else the environment alone"
                      : from_results              ? "finished trials"
                                                  : "the environment alone; learning comes on top";
  return plan;
}

json::Value to_json(const Plan& plan) {
  json::Array trials;
  for (const PlannedTrial& trial : plan.trials)
    trials.push_back(json::Object{
        {"id", trial.id},
        {"label", trial.label},
        {"iterations", trial.iterations > 0 ? json::Value(trial.iterations) : json::Value()},
        {"steps", trial.steps > 0 ? json::Value(trial.steps) : json::Value()},
        {"seconds", trial.seconds >= 0 ? json::Value(trial.seconds) : json::Value()},
        {"done", trial.done}});
  return json::Object{{"trials", std::move(trials)},
                      {"jobs", plan.jobs},
                      {"seconds", plan.seconds >= 0 ? json::Value(plan.seconds) : json::Value()},
                      {"estimated_by", plan.estimated_by}};
}

std::string to_text(const Plan& plan) {
  std::string text;
  constexpr std::int64_t kMostSteps = std::numeric_limits<std::int64_t>::max();
  std::int64_t steps = 0;
  int done = 0;
  for (const PlannedTrial& trial : plan.trials) {
    text += fmt::format("{}  {:>12} steps  {:>13}  {}{}\n", trial.id, steps_text(trial.steps),
                        trial.seconds >= 0 ? "~" + duration_text(trial.seconds) : "?", trial.label,
                        trial.done ? "  (done)" : "");
    if (!trial.done && __builtin_add_overflow(steps, trial.steps, &steps)) steps = kMostSteps;
    done += trial.done ? 1 : 0;
  }
  text +=
      fmt::format("{} trials, {} done, {} steps to go, about {} with {} jobs (estimated by {})\n",
                  plan.trials.size(), done, steps_text(steps), duration_text(plan.seconds),
                  plan.jobs, plan.estimated_by);
  return text;
}

}  // namespace rlrun
