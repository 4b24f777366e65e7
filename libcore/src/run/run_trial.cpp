#include "run/run_trial.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>

#include "rlrun/error.hpp"

#include "plugin/fields.hpp"
#include "run/provenance.hpp"
#include "sample/sampler.hpp"
#include "sample/slot.hpp"
#include "sample/training_evaluation.hpp"

namespace rlrun {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

SampleRules rules_of(const Trial& trial, bool* budget_noticed) {
  SampleRules rules{.unstable_penalty = trial.unstable_penalty, .budget_noticed = budget_noticed};
  if (trial.budget.steps > 0) rules.budget_steps = trial.budget.steps;
  return rules;
}

// Everything of a running trial that a later iteration depends on.
class RunningTrial {
 public:
  RunningTrial(const Trial& trial, const LoadedPlugins& plugins, TrialRecord& record)
      : trial_(trial),
        record_(record),
        rng_(trial.seed),
        // The sampler's streams know nothing of the algorithm, so that all algorithms meet the same
        // environments under one seed.
        sampler_(make_env(trial.env, plugins), rng_.fork("sampler"), rules_of(trial, &shortened_)),
        algorithm_(make_algorithm(trial, plugins, sampler_.spec())) {
    if (trial.evaluation.every > 0)
      evaluation_ = std::make_unique<TrainingEvaluation>(
          [this] { return sampler_.instance(); }, trial.evaluation.episodes,
          rng_.fork("evaluation_during_training"), trial.unstable_penalty);
  }

  void state(Archive& archive) {
    archive("iteration", iteration_);
    archive("progress_read", progress_read_);
    archive("shortened", shortened_);
    archive("wall_seconds", record_.wall_seconds);
    record_.curves.state(archive);
    record_.episodes.state(archive);
    if (evaluation_) evaluation_state(archive);
    archive("worst_return", worst_return_);
    learned_state(archive);
    if (archive.restoring()) sampler_.check_memory(algorithm_->policy());
  }
  // Of that, what is no record of the past.
  void learned_state(Archive& archive) {
    sampler_.state(archive);
    algorithm_->state(archive);
  }

  [[nodiscard]] bool finished() const {
    return trial_.budget.steps > 0 ? sampler_.total_steps() >= trial_.budget.steps
                                   : iteration_ >= trial_.budget.iterations;
  }

  void iterate() {
    const std::int64_t steps_before = sampler_.total_steps();
    Metrics metrics;
    sampler_.begin_iteration(iteration_);
    Iteration it{.index = iteration_,
                 .progress = {fraction(), &progress_read_},
                 .rng = rng_.fork("algorithm").fork(static_cast<std::uint64_t>(iteration_)),
                 .sampler = sampler_,
                 .metrics = metrics};
    if (trial_.budget.steps > 0)
      it.steps_left = StepsLeft(trial_.budget.steps - steps_before, &shortened_);
    algorithm_->iterate(it);
    record(sampler_.take_log(), metrics);
    if (!algorithm_->policy().params().allFinite())
      throw TrialError("the policy's parameters are no longer finite");
    if (trial_.budget.steps > 0 && sampler_.total_steps() == steps_before)
      throw TrialError("an iteration took no environment step, so the budget of " +
                       std::to_string(trial_.budget.steps) + " steps would never end");
    evaluated_ = false;
    if (const std::int64_t every = trial_.evaluation.every; every > 0) {
      const std::int64_t reached = sampler_.total_steps() / every;
      if (reached != steps_before / every) evaluate(reached);
    }
    ++iteration_;
  }
  // The policy that is stored has been evaluated.
  void finish() {
    if (evaluation_ && !evaluated_) evaluate(sampler_.total_steps() / trial_.evaluation.every + 1);
  }

  // Until something depends on the budget, every larger one leads through the same states.
  [[nodiscard]] bool depends_on_budget() const { return progress_read_ || shortened_; }
  [[nodiscard]] std::string dependence() const {
    if (progress_read_) return "schedules of " + trial_.algorithm.name + " follow the budget";
    return shortened_ ? "its batches depended on its budget from early on" : "";
  }
  // Whether the next iteration may be the first that depends on it: less than two batches are left,
  // if they are as large as the last one.
  [[nodiscard]] bool may_be_shortened() const {
    if (trial_.budget.steps == 0 || iteration_ == 0) return false;
    const std::vector<std::int64_t>& steps = record_.curves.steps;
    const std::int64_t before = steps.size() > 1 ? steps[steps.size() - 2] : 0;
    return (trial_.budget.steps - steps.back()) / 2 < steps.back() - before;
  }

  void set_ticker(std::atomic<std::int64_t>* ticker) {
    ticker_ = ticker;
    sampler_.set_ticker(ticker);
  }

  [[nodiscard]] TrialProgress progress() const {
    const Curves& c = record_.curves;
    return {iteration_, sampler_.total_steps(), fraction(),
            c.mean_return.empty() ? kNaN : c.mean_return.back()};
  }
  [[nodiscard]] const Policy& policy() const { return algorithm_->policy(); }

 private:
  [[nodiscard]] double fraction() const {
    const Budget& b = trial_.budget;
    const double share = b.steps > 0 ? static_cast<double>(sampler_.total_steps()) / double(b.steps)
                                     : static_cast<double>(iteration_) / double(b.iterations);
    return std::min(share, 1.0);
  }

  // An evaluation is known by the multiple of `every` that it reached (the one at the end by the
  // next one), so that methods with iterations of any length meet the same initial states.
  void evaluate(std::int64_t number) {
    EpisodeLog played =
        evaluation_->play(algorithm_->policy(), static_cast<std::uint64_t>(number), ticker_);
    double worst = worst_return_;  // training does not notice what evaluations saw
    charge_broken(played, worst);
    record_.evaluations.add(sampler_.total_steps(), played);
    evaluated_ = true;
    std::erase_if(played.returns, [](double value) { return std::isnan(value); });
    if (played.returns.empty()) return;
    const double mean = std::accumulate(played.returns.begin(), played.returns.end(), 0.0) /
                        static_cast<double>(played.returns.size());
    if (!record_.best_policy || mean > record_.best_policy->mean_return)
      record_.best_policy = {sampler_.total_steps(), mean, algorithm_->policy().params()};
  }

  void evaluation_state(Archive& archive) {
    record_.evaluations.state(archive);
    archive("evaluated", evaluated_);
    bool any = record_.best_policy.has_value();
    archive("best_policy", any);
    if (archive.restoring()) record_.best_policy.reset();
    if (any && !record_.best_policy) record_.best_policy.emplace();
    if (any) record_.best_policy->state(archive);
  }

  // What a broken episode counts as, given the worst return so far, which follows; see EpisodeLog.
  void charge_broken(EpisodeLog& episodes, double& worst) const {
    if (trial_.unstable_penalty > 0) return;
    const auto broken = [&](std::size_t i) {
      return EpisodeEnding{episodes.endings[i]} == EpisodeEnding::kUnstable;
    };
    for (std::size_t i = 0; i < episodes.returns.size(); ++i)
      if (!broken(i)) worst = std::fmin(worst, episodes.returns[i]);
    for (std::size_t i = 0; i < episodes.returns.size(); ++i)
      if (broken(i))
        episodes.returns[i] = std::isnan(worst) ? kNaN : std::min(worst, episodes.returns[i]);
  }

  // The score is counted here, from what the sampler saw.
  void record(SampleLog log, const Metrics& metrics) {
    charge_broken(log.episodes, worst_return_);
    const std::vector<double>& returns = log.episodes.returns;
    double sum = 0, length = 0, squares = 0, low = kNaN, high = kNaN;
    std::int64_t terminated = 0, unstable = 0, with_return = 0;
    for (std::size_t i = 0; i < returns.size(); ++i) {
      const EpisodeEnding ending{log.episodes.endings[i]};
      terminated += ending == EpisodeEnding::kTerminated ? 1 : 0;
      unstable += ending == EpisodeEnding::kUnstable ? 1 : 0;
      length += log.episodes.lengths[i];
      if (std::isnan(returns[i])) continue;
      ++with_return;
      sum += returns[i];
      low = std::fmin(low, returns[i]);
      high = std::fmax(high, returns[i]);
    }
    const auto n = static_cast<double>(with_return);
    const double mean = sum / n;  // NaN without episodes
    for (const double r : returns)
      if (!std::isnan(r)) squares += (r - mean) * (r - mean);

    Curves& c = record_.curves;
    c.steps.push_back(sampler_.total_steps());
    c.episodes.push_back(static_cast<std::int64_t>(returns.size()));
    c.terminated.push_back(terminated);
    c.unstable.push_back(unstable);
    c.mean_return.push_back(mean);
    c.std_return.push_back(std::sqrt(squares / n));
    c.min_return.push_back(low);
    c.max_return.push_back(high);
    c.mean_length.push_back(length / static_cast<double>(returns.size()));
    for (const auto& [name, value] : metrics) {
      std::vector<double>& column = c.metrics[name];
      column.resize(c.size() - 1, kNaN);
      column.push_back(value);
    }
    for (auto& [name, column] : c.metrics) column.resize(c.size(), kNaN);
    append(record_.episodes, log.episodes);
  }

  const Trial& trial_;
  TrialRecord& record_;
  Rng rng_;
  TrialSampler sampler_;
  std::unique_ptr<Algorithm> algorithm_;
  std::unique_ptr<TrainingEvaluation> evaluation_;  // none if the trial makes no evaluations
  bool evaluated_ = false;                          // the policy as it stands
  std::atomic<std::int64_t>* ticker_ = nullptr;
  std::int64_t iteration_ = 0;
  bool progress_read_ = false, shortened_ = false;  // see depends_on_budget
  double worst_return_ = kNaN;  // of the unbroken training episodes; NaN if there was none
};

// Decides when a checkpoint is due: not more often than asked, and never so often that writing them
// takes more than a small share of the time, unless each iteration is asked for.
class CheckpointClock {
 public:
  explicit CheckpointClock(double seconds) : least_(seconds) {}
  [[nodiscard]] bool due() const {
    return least_ == 0 || seconds_since(last_) >= std::max(least_, 20 * cost_);
  }
  template <class Write>
  void write(Write&& write_now) {
    const Clock::time_point start = Clock::now();
    write_now();
    cost_ = seconds_since(start);
    last_ = Clock::now();
  }

 private:
  double least_, cost_ = 0;
  Clock::time_point last_ = Clock::now();
};

// The trial as its checkpoint or else a shorter trial left it, or at its start.
std::unique_ptr<RunningTrial> start(const Trial& trial, const LoadedPlugins& plugins,
                                    const TrialContext& context, TrialRecord& record) {
  const auto make = [&] {
    record = {};
    record.id = trial.id();
    record.label = trial.label();
    record.config = trial.config();
    return std::make_unique<RunningTrial>(trial, plugins, record);
  };
  std::unique_ptr<RunningTrial> running = make();
  const auto restore = [&](CheckpointFile* file) {
    return file != nullptr && file->read([&](Archive& archive) { running->state(archive); });
  };
  const auto discard = [&](CheckpointFile& file, const std::string& what) {
    if (context.on_note) context.on_note(what);
    file.remove();
    running = make();  // part of the state may have been restored
  };
  try {
    if (restore(context.checkpoint)) return running;
  } catch (const UserError& error) {
    if (error.code() != ExitCode::kStore) throw;
    discard(*context.checkpoint,
            std::string("checkpoint discarded, the trial starts anew: ") + error.what());
  }
  try {
    if (!restore(context.shorter) && context.shorter != nullptr)
      discard(*context.shorter,
              "the state of the shorter trial is damaged or gone; the trial starts anew");
  } catch (const UserError& error) {
    if (error.code() != ExitCode::kStore) throw;
    discard(*context.shorter,
            std::string("the state of the shorter trial is discarded, the trial starts anew: ") +
                error.what());
  }
  return running;
}

}  // namespace

bool run_trial(const Trial& trial, const LoadedPlugins& plugins, const TrialContext& context,
               TrialRecord& record) {
  const std::unique_ptr<RunningTrial> running_now = start(trial, plugins, context, record);
  RunningTrial& running = *running_now;
  running.set_ticker(context.ticker);
  const auto visit = [&](Archive& archive) { running.state(archive); };
  CheckpointClock clock(context.checkpoint_seconds);
  const double seconds_before = record.wall_seconds;
  const Clock::time_point begin = Clock::now();

  // What a checkpoint brought back shows at once.
  if (context.on_progress) context.on_progress(running.progress());
  const auto keep = [&] {
    if (context.last_state != nullptr && !running.depends_on_budget())
      context.last_state->keep(visit, [&](Archive& archive) { running.learned_state(archive); });
  };
  while (!running.finished()) {
    if (running.may_be_shortened()) keep();
    running.iterate();
    record.wall_seconds = seconds_before + seconds_since(begin);
    if (context.on_progress) context.on_progress(running.progress());
    const bool stop = !running.finished() && context.stop_requested && context.stop_requested();
    if (context.checkpoint != nullptr && !running.finished() && (stop || clock.due()))
      clock.write([&] { context.checkpoint->write(visit); });
    if (stop) return false;
  }
  keep();
  if (context.last_state != nullptr) context.last_state->conclude(running.dependence());
  running.finish();
  record.wall_seconds = seconds_before + seconds_since(begin);
  record.status = TrialStatus::kComplete;
  record.policy_params = running.policy().params();
  return true;
}

std::vector<const PluginFile*> plugins_of(const Trial& trial, const Catalog& catalog) {
  std::vector<const PluginFile*> files;
  auto entries = entries_of(trial.env);
  entries.emplace_back(Kind::kPolicy, &trial.policy);
  entries.emplace_back(Kind::kAlgorithm, &trial.algorithm);
  for (const auto& [kind, choice] : entries)
    if (const PluginFile* file = catalog.find(kind, choice->name)) files.push_back(file);
  return files;
}

Code code_of(const std::vector<const PluginFile*>& plugins) {
  std::vector<std::filesystem::path> paths;
  for (const PluginFile* file : plugins) paths.push_back(file->path);
  return code_of(paths);
}

std::unique_ptr<Policy> make_policy(const Trial& trial, const LoadedPlugins& plugins,
                                    const EnvSpec& spec) {
  JsonReader params(trial.policy.params);
  return plugins.policy(trial.policy.name).make(params, spec, Rng(trial.seed).fork("policy"));
}

std::unique_ptr<Algorithm> make_algorithm(const Trial& trial, const LoadedPlugins& plugins,
                                          const EnvSpec& spec) {
  JsonReader params(trial.algorithm.params);
  return plugins.algorithm(trial.algorithm.name)
      .make(params, make_policy(trial, plugins, spec), spec,
            Rng(trial.seed).fork("algorithm_init"));
}

Pace pace_of(const Trial& trial, const LoadedPlugins& plugins) {
  const AlgorithmEntry& entry = plugins.algorithm(trial.algorithm.name);
  JsonReader params(trial.algorithm.params);
  return entry.pace ? entry.pace(params) : Pace{};
}

std::int64_t planned_steps(const Budget& budget, const Pace& pace) {
  if (budget.steps > 0) return budget.steps;
  std::int64_t steps = 0;
  const bool too_many = __builtin_mul_overflow(pace.steps_per_iteration, budget.iterations, &steps);
  return too_many ? std::numeric_limits<std::int64_t>::max() : steps;
}

}  // namespace rlrun
