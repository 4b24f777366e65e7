#include "run/plan.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <queue>
#include <set>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "plugin/child.hpp"
#include "plugin/loader.hpp"
#include "run/last_state.hpp"
#include "run/machine.hpp"
#include "run/progress.hpp"
#include "run/run_trial.hpp"
#include "run/speed.hpp"

namespace rlrun {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kMostSeconds = 8;  // for all measurements together
constexpr double kLongestProbe = 0.4, kShortestProbe = 0.1;
constexpr std::chrono::milliseconds kPaceLimit{10'000};  // for all algorithms to say theirs

using Pair = std::pair<std::string, std::string>;  // task and algorithm as they are called
Pair pair_of(const Trial& trial) {
  return {trial.env.label, trial.algorithm.label};
}

// Mean seconds per training step of the finished trials of each pair, so that trials of another
// length serve too. Evaluations are part of it.
std::map<Pair, double> known_speeds(const Store& store) {
  std::map<Pair, std::pair<double, int>> sums;
  if (std::filesystem::exists(store.folder() / "trials"))
    for (const TrialRecord& record :
         read_results(store.folder(), {.curves = false, .unfinished = false}).trials) {
      const std::int64_t steps = record.totals().steps;
      if (record.status != TrialStatus::kComplete || steps == 0) continue;
      auto& [seconds, n] = sums[pair_of(Trial::from_config(record.config))];
      seconds += record.wall_seconds / static_cast<double>(steps);
      ++n;
    }
  std::map<Pair, double> result;
  for (const auto& [pair, sum] : sums) result[pair] = sum.first / sum.second;
  return result;
}

// Measures each pair once, when it comes up, until the time is over.
class Speeds {
 public:
  Speeds(const Catalog& catalog, std::size_t n_pairs, int threads)
      : catalog_(catalog),
        threads_(threads),
        probe_(std::clamp(kMostSeconds / static_cast<double>(std::max<std::size_t>(n_pairs, 1)),
                          kShortestProbe, kLongestProbe)) {}

  const Speed& of(const Trial& trial) {
    const auto [found, is_new] = speeds_.try_emplace(pair_of(trial));
    const double passed = std::chrono::duration<double>(Clock::now() - start_).count();
    if (is_new && passed < kMostSeconds)
      found->second = measure_speed(trial, catalog_, probe_, threads_);
    return found->second;
  }
  [[nodiscard]] double probe_seconds() const { return probe_; }

 private:
  const Catalog& catalog_;
  int threads_;
  double probe_;
  Clock::time_point start_ = Clock::now();
  std::map<Pair, Speed> speeds_;
};

// How the estimates were found, and how far they can be trusted.
struct Sources {
  bool finished_trials = false, measured = false, sampling_only = false;
  int unknown = 0;

  [[nodiscard]] std::string text(double probe_seconds) const {
    std::string text = finished_trials ? "finished trials" : "";
    if (measured)
      text += fmt::format("{}each algorithm tried on each task for {:.1g} s",
                          text.empty() ? "" : ", else ", probe_seconds);
    if (sampling_only)
      text +=
          "; for some in sampling alone, because their iterations are longer: learning comes "
          "on top";
    if (unknown > 0) text += fmt::format("; {} trials not known", unknown);
    return text.empty() ? "nothing to do" : text;
  }
};

std::int64_t evaluations_of(const Trial& trial, std::int64_t steps) {
  const std::int64_t every = trial.evaluation.every;
  return every > 0 && steps > 0 ? steps / every + (steps % every != 0 ? 1 : 0) : 0;
}

// What a shorter trial has not done, about: it may have ended in a shortened batch, which is repeated.
double share_left(const PlannedTrial& trial) {
  const std::int64_t budget = trial.iterations > 0 ? trial.iterations : trial.steps;
  return 1 - static_cast<double>(trial.done_before) / static_cast<double>(budget);
}

std::string remark(const PlannedTrial& trial) {
  if (trial.done) return "  (done)";
  if (trial.done_before > 0)
    return fmt::format("  (goes on from {} {})", trial.done_before,
                       trial.iterations > 0 ? "iterations" : "steps");
  return trial.starts_anew.empty() ? "" : "  (starts anew: " + trial.starts_anew + ")";
}

std::string steps_text(const PlannedTrial& trial) {
  return trial.steps > 0 ? fmt::format("{}{}", trial.steps_measured ? "~" : "", trial.steps) : "?";
}

}  // namespace

double makespan(const std::vector<double>& seconds, int at_a_time) {
  std::priority_queue<double, std::vector<double>, std::greater<>> ends;  // of the running ones
  double last = 0;
  for (const double duration : seconds) {
    double begin = 0;
    if (static_cast<int>(ends.size()) >= at_a_time) {
      begin = ends.top();
      ends.pop();
    }
    ends.push(begin + duration);
    last = std::max(last, begin + duration);
  }
  return last;
}

std::vector<std::int64_t> planned_steps(const std::vector<Trial>& trials, const Catalog& catalog) {
  std::vector<std::int64_t> steps;
  for (const Trial& trial : trials) steps.push_back(trial.budget.steps);
  const auto in_iterations = [](const Trial& trial) { return trial.budget.iterations > 0; };
  if (std::none_of(trials.begin(), trials.end(), in_iterations)) return steps;
  try {
    const json::Value answer = run_in_child("plan", kPaceLimit, [&] {
      LoadedPlugins& plugins = *new LoadedPlugins();  // the child ends without destructors
      json::Array found;
      for (std::size_t i = 0; i < trials.size(); ++i) {
        const Trial& trial = trials[i];
        if (i > 0 && differ_in_seed_alone(trials[i - 1], trial)) {
          found.push_back(found.back());
          continue;
        }
        if (const PluginFile* file = catalog.find(Kind::kAlgorithm, trial.algorithm.name))
          plugins.load(*file);
        found.emplace_back(planned_steps(trial.budget, pace_of(trial, plugins)));
      }
      return json::Value(std::move(found));
    });
    for (std::size_t i = 0; i < trials.size(); ++i) steps[i] = *answer.if_array()->at(i).if_int();
  } catch (const UserError&) {  // the trials will say what is wrong
  }
  return steps;
}

Plan plan_sweep(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
                const SweepOptions& options) {
  Plan plan;
  plan.cores = available_cores();
  plan.jobs = options.jobs > 0 ? options.jobs : plan.cores;
  const std::vector<std::string> committed = store.committed();
  const std::map<Pair, double> known = known_speeds(store);

  const LastStates last_states(store.folder() / "states");
  const std::vector<std::string> courses =
      last_states.empty() ? std::vector<std::string>() : courses_of(trials);
  InstalledCode installed(catalog);

  std::set<Pair> to_measure;
  int pending = 0;
  std::vector<std::string> ids = ids_of(trials);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    PlannedTrial& planned =
        plan.trials.emplace_back(PlannedTrial{.id = std::move(ids[i]), .label = trial.label()});
    planned.done = std::binary_search(committed.begin(), committed.end(), planned.id);
    if (planned.done) continue;
    ++pending;
    if (!known.contains(pair_of(trial))) to_measure.insert(pair_of(trial));
  }
  plan.threads = options.threads > 0 ? options.threads
                                     : std::max(1, plan.cores / std::clamp(pending, 1, plan.jobs));

  Speeds speeds(catalog, to_measure.size(), plan.threads);
  Sources sources;
  std::vector<double> durations;
  const std::vector<std::int64_t> steps = planned_steps(trials, catalog);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    PlannedTrial& planned = plan.trials[i];
    planned.iterations = trial.budget.iterations;
    planned.steps = steps[i];
    if (planned.done) continue;
    const auto finished = known.find(pair_of(trial));
    const bool is_known = finished != known.end();
    const Speed speed = is_known ? Speed{.seconds_per_step = finished->second} : speeds.of(trial);
    if (planned.steps == 0 && speed.steps_per_iteration > 0) {
      planned.steps = std::llround(speed.steps_per_iteration * double(trial.budget.iterations));
      planned.steps_measured = true;
    }
    planned.evaluations = evaluations_of(trial, planned.steps);
    if (const auto shorter =
            courses.empty() ? std::nullopt : last_states.shorter(trial, courses[i], installed)) {
      planned.done_before = shorter->missing.empty() ? shorter->budget : 0;
      planned.starts_anew = shorter->missing;
    }
    if (speed.seconds_per_step < 0 || planned.steps == 0) {
      ++sources.unknown;
      continue;
    }
    (is_known ? sources.finished_trials : sources.measured) = true;
    sources.sampling_only = sources.sampling_only || speed.sampling_only;
    const double whole = speed.seconds_per_step * static_cast<double>(planned.steps) +
                         speed.seconds_per_episode *
                             static_cast<double>(planned.evaluations * trial.evaluation.episodes);
    planned.seconds = whole * share_left(planned);
    durations.push_back(planned.seconds);
  }
  const int at_a_time =
      std::max(1, std::min(plan.jobs, plan.cores / std::min(plan.threads, plan.cores)));
  if (sources.unknown == 0) plan.seconds = makespan(durations, at_a_time);
  plan.estimated_by = sources.text(speeds.probe_seconds());
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
        {"steps_measured", trial.steps_measured},
        {"evaluations", trial.evaluations},
        {"done_before", trial.done_before},
        {"starts_anew", trial.starts_anew.empty() ? json::Value() : json::Value(trial.starts_anew)},
        {"seconds", trial.seconds >= 0 ? json::Value(trial.seconds) : json::Value()},
        {"done", trial.done}});
  return json::Object{{"trials", std::move(trials)},
                      {"jobs", plan.jobs},
                      {"cores", plan.cores},
                      {"threads", plan.threads},
                      {"seconds", plan.seconds >= 0 ? json::Value(plan.seconds) : json::Value()},
                      {"estimated_by", plan.estimated_by}};
}

std::string to_text(const Plan& plan) {
  std::string text;
  std::int64_t evaluations = 0;
  double steps = 0;  // a sum of many may not fit into an integer
  int done = 0;
  bool known = true, exact = true;
  for (const PlannedTrial& trial : plan.trials) {
    text += fmt::format("{}  {:>12} steps  {:>13}  {}{}\n", trial.id, steps_text(trial),
                        trial.seconds >= 0 ? "~" + duration_text(trial.seconds)
                        : trial.done       ? ""
                                           : "?",
                        trial.label, remark(trial));
    done += trial.done ? 1 : 0;
    if (trial.done) continue;
    steps += static_cast<double>(trial.steps) * share_left(trial);
    evaluations += std::llround(static_cast<double>(trial.evaluations) * share_left(trial));
    known = known && trial.steps > 0;
    exact = exact && !trial.steps_measured && trial.done_before == 0;
  }
  text += fmt::format(
      "{} trials, {} done, {}{:.0f} steps to go{}\n", plan.trials.size(), done,
      !known  ? "at least "
      : exact ? ""
              : "about ",
      steps, evaluations > 0 ? fmt::format(", {} evaluations beside them", evaluations) : "");
  text += fmt::format("{} with {} {} of {} {} on {} {}\nestimated by {}\n",
                      plan.seconds < 0 ? "time unknown" : "about " + duration_text(plan.seconds),
                      plan.jobs, plan.jobs == 1 ? "job" : "jobs", plan.threads,
                      plan.threads == 1 ? "thread" : "threads", plan.cores,
                      plan.cores == 1 ? "core" : "cores", plan.estimated_by);
  return text;
}

}  // namespace rlrun
