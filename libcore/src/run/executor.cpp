#include "run/executor.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <deque>
#include <memory>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <poll.h>

#include "rlrun/rng.hpp"

#include "run/installed_code.hpp"
#include "run/progress.hpp"
#include "run/provenance.hpp"
#include "run/run_trial.hpp"
#include "run/signals.hpp"
#include "run/trial_log.hpp"
#include "store/file.hpp"
#include "store/hdf5.hpp"

namespace rlrun {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPollMilliseconds = 100;
constexpr double kLongestWait = 1;   // seconds between two looks at the workers
constexpr double kGraceSeconds = 2;  // for workers to save their state after a signal

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Executor {
 public:
  Executor(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
           const SweepOptions& options, ProgressDisplay& display)
      : trials_(trials),
        catalog_(catalog),
        store_(store),
        options_(options),
        display_(display),
        journal_(store.folder() / "journal"),
        cores_(static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))) {}

  SweepOutcome run() {
    const SignalGuard guard;
    hdf5::prepare_library();  // once here, not in every worker
    select();
    while (!running_.empty() || (!pending_.empty() && !stopping())) {
      while (!stopping() && !pending_.empty() && static_cast<int>(running_.size()) < jobs())
        start_next();
      wait();
      collect_ended();
      enforce_limits();
      show();
    }
    display_.finish();
    for (const auto& [id, failed] : failed_before_) outcome_.failed += failed ? 1 : 0;
    outcome_.pending = static_cast<int>(pending_.size()) + n_stopped_;
    if (outcome_.exit_code == ExitCode::kOk) {
      if (SignalGuard::seen() > 0) {
        outcome_.exit_code = ExitCode::kInterrupted;
        outcome_.stopped_by = fmt::format("signal {}", SignalGuard::last());
      } else if (outcome_.failed > 0) {
        outcome_.exit_code = ExitCode::kTrialFailed;
      }
    }
    return outcome_;
  }

 private:
  struct Running {
    const Trial* trial;
    std::string id, label, pair;
    TrialLog log;
    std::unique_ptr<Worker> worker = nullptr;
    Clock::time_point started = Clock::now();
    // For the time limit: what last changed, and how long ago.
    std::int64_t ticks = -1, iterations = -1;
    double still_seconds = 0;
    std::string killed_for = {};  // set when we ended it because of a limit
    bool killed_to_stop = false;
    std::int64_t journaled = 0;
    std::uint64_t file_before = 0;  // the file of an earlier result; 0: none
  };

  static std::string pair_of(const Trial& trial) {
    return trial.env.label + " " + trial.algorithm.label;
  }

  [[nodiscard]] bool stopping() const {
    return SignalGuard::seen() > 0 || outcome_.exit_code != ExitCode::kOk;
  }

  [[nodiscard]] int jobs() const { return options_.jobs > 0 ? options_.jobs : cores_; }

  // Trials fill the cores first; threads inside a trial take what is left.
  [[nodiscard]] int threads_for_next() const {
    if (options_.threads > 0) return options_.threads;
    const int at_a_time =
        std::min<int>(jobs(), static_cast<int>(running_.size() + pending_.size()));
    return std::max(1, cores_ / std::max(at_a_time, 1));
  }

  // Splits the trials into those that have a result and those to run.
  void select() {
    const Results results = read_results(store_.folder());
    const std::string trial_files = (store_.folder() / "trials").string();
    for (const std::string& problem : results.problems)
      if (problem.starts_with(trial_files)) display_.warning(problem + "; the trial runs again");
    std::unordered_map<std::string, const TrialRecord*> finished;
    for (const TrialRecord& record : results.trials) finished.emplace(record.id, &record);
    InstalledCode installed(catalog_);
    const auto to_repeat = [&](const Trial& trial, const TrialRecord& record) {
      return options_.rerun == Rerun::kAll ||
             (options_.rerun == Rerun::kChanged &&
              !installed.change_since(trial, record.provenance).empty());
    };
    for (const Trial& trial : trials_) {
      const std::string id = trial.id();
      const auto found = finished.find(id);
      if (found == finished.end()) {
        pending_.push_back(&trial);
      } else if (found->second->status == TrialStatus::kFailed) {
        if (options_.keep_failed) {
          failed_before_[id] = true;
        } else {
          pending_.push_back(&trial);
        }
      } else if (to_repeat(trial, *found->second)) {
        pending_.push_back(&trial);
        repeated_.insert(id);
      } else {
        ++outcome_.complete;
        // Its worker may have been killed before it tidied up.
        CheckpointFile(store_.folder() / "checkpoints", id, "").remove();
        TrialLog(store_.folder(), id).remove_if_empty();
      }
    }
    if (outcome_.complete > 0)
      display_.message(
          fmt::format("{} of {} trials have a result already", outcome_.complete, trials_.size()));
    if (!repeated_.empty())
      display_.message(fmt::format("{} of {} trials run again; their results stay until then",
                                   repeated_.size(), trials_.size()));
    if (!options_.shuffle) return;
    Rng rng = Rng(*options_.shuffle).fork("shuffle");
    for (std::size_t i = pending_.size(); i > 1; --i)
      std::swap(pending_[i - 1], pending_[std::size_t(rng.below(static_cast<Index>(i)))]);
  }

  // A file that cannot be read is no result: it is named, and its trial runs again.
  std::optional<TrialStatus> status_of(const std::string& id) {
    try {
      const TrialRecord record = read_trial(store_.trial_path(id));
      if (record.id == id) return record.status;
      display_.warning(
          fmt::format("{}: holds trial {}, not the one it is named after; the trial "
                      "runs again",
                      store_.trial_path(id).string(), record.id));
      return std::nullopt;
    } catch (const UserError& error) {
      display_.warning(std::string(error.what()) + "; the trial runs again");
      return std::nullopt;
    }
  }

  void start_next() {
    const Trial* trial = pending_.front();
    WorkerOptions worker;
    worker.threads = threads_for_next();
    worker.checkpoint_seconds = options_.checkpoint_seconds;
    worker.memory_mib = options_.memory_mib;
    pending_.pop_front();
    const std::string id = trial->id();
    Running& run = running_.emplace_back(Running{.trial = trial,
                                                 .id = id,
                                                 .label = trial->label(),
                                                 .pair = pair_of(*trial),
                                                 .log = TrialLog(store_.folder(), id)});
    run.file_before = file_number(store_.trial_path(id));
    journal(run, JournalEvent::Type::kStarted, "", false);
    run.worker = std::make_unique<Worker>(*trial, catalog_, store_, worker);
  }

  void wait() {
    std::vector<pollfd> descriptors;
    for (const Running& run : running_)
      descriptors.push_back({.fd = run.worker->descriptor(), .events = POLLIN, .revents = 0});
    poll(descriptors.data(), descriptors.size(), kPollMilliseconds);
    for (std::size_t i = 0; i < descriptors.size(); ++i)
      if (descriptors[i].revents != 0) ended_.push_back(running_[i].id);
  }

  void collect_ended() {
    for (const std::string& id : ended_) {
      const auto it = std::find_if(running_.begin(), running_.end(),
                                   [&](const Running& run) { return run.id == id; });
      finish(*it);
      running_.erase(it);
    }
    ended_.clear();
  }

  void finish(Running& run) {
    Cause cause;
    const LivePage::Phase phase = run.worker->reap(cause);
    run.log.remove_if_empty();
    const LivePage& page = run.worker->page();
    if (phase == LivePage::Phase::kComplete && !has_new_file(run)) {
      cause = {"exit", "it said that its result was committed, but there is none",
               page.iterations.load()};
    } else if (phase == LivePage::Phase::kComplete || committed_last(run)) {
      ++outcome_.complete;
      journal(run, JournalEvent::Type::kFinished, "", false);
      forecast_.finished(run.pair, page.wall_seconds.load());
      display_.trial_ended(run.label, true,
                           fmt::format("{} iterations, {} steps, {}", page.iterations.load(),
                                       page.steps.load(), duration_text(page.wall_seconds.load())));
      return;
    }
    if ((phase == LivePage::Phase::kStopped && stopping()) ||
        (run.killed_to_stop && cause.kind == "signal")) {
      ++n_stopped_;
      journal(run, JournalEvent::Type::kInterrupted, "", true);
      return;
    }
    // No space and a damaged store are not the trial's fault: the sweep stops, the trial stays.
    const auto code = static_cast<ExitCode>(page.exit_code);
    if (cause.kind == "error" && (code == ExitCode::kResources || code == ExitCode::kStore)) {
      ++n_stopped_;
      outcome_.exit_code = code;
      outcome_.stopped_by = cause.message;
      return;
    }
    if (phase == LivePage::Phase::kStopped) {
      cause = {"signal",
               fmt::format("something else than the sweep sent signal {} ({})", SIGTERM,
                           strsignal(SIGTERM)),
               page.iterations.load()};
    } else if (!run.killed_for.empty()) {
      cause.kind = "timeout";
      cause.message = run.killed_for;
    }
    if (cause.kind == "signal" || cause.kind == "exit")
      if (const std::string words = run.log.last_words(); !words.empty())
        cause.message += "; it last printed: " + words;
    commit_failure(run, cause);
  }

  // A new file takes the place of an earlier one while that still exists, so their numbers differ.
  bool has_new_file(const Running& run) const {
    const std::uint64_t now = file_number(store_.trial_path(run.id));
    return now != 0 && now != run.file_before;
  }

  // A process can end between the commit of its result and the word of it.
  bool committed_last(const Running& run) {
    return run.worker->page().phase.load() == LivePage::Phase::kCommitting && has_new_file(run) &&
           status_of(run.id) == TrialStatus::kComplete;
  }

  void commit_failure(const Running& run, const Cause& cause) {
    if (repeated_.contains(run.id)) {
      ++outcome_.failed;
      journal(run, JournalEvent::Type::kFailed, cause.kind + ": " + cause.message, true);
      display_.trial_ended(
          run.label, false,
          cause.kind + ": " + cause.message + "; the result that it was to replace stays");
      return;
    }
    TrialRecord record;
    record.id = run.id;
    record.label = run.label;
    record.config = run.trial->config();
    record.status = TrialStatus::kFailed;
    record.cause = cause;
    record.provenance = Provenance(0).finish(code_of_trial(*run.trial));
    record.wall_seconds = seconds_since(run.started);
    write_trial(store_.trial_path(run.id), record);
    ++outcome_.failed;
    journal(run, JournalEvent::Type::kFailed, cause.kind + ": " + cause.message, true);
    display_.trial_ended(run.label, false, cause.kind + ": " + cause.message);
  }

  Code code_of_trial(const Trial& trial) const {
    try {
      return code_of(plugins_of(trial, catalog_));
    } catch (const UserError&) {
      return {};  // its plugin is gone, which may be why it failed
    }
  }

  void enforce_limits() {
    // A sweep that was suspended itself, as by Ctrl-Z, was not waiting all that time.
    const double waited = std::min(seconds_since(last_look_), kLongestWait);
    last_look_ = Clock::now();
    for (Running& run : running_) {
      const LivePage& page = run.worker->page();
      const std::int64_t ticks = page.ticks.load(), iterations = page.iterations.load();
      if (ticks != run.ticks || iterations != run.iterations) {
        run.ticks = ticks;
        run.iterations = iterations;
        run.still_seconds = 0;
        if (iterations > run.journaled) {
          run.journaled = iterations;
          journal(run, JournalEvent::Type::kProgress, "", false);
        }
      } else if (options_.timeout_seconds > 0 && run.killed_for.empty() &&
                 page.phase.load() != LivePage::Phase::kCommitting &&  // a slow disk is no hang
                 (run.still_seconds += waited) > options_.timeout_seconds) {
        run.killed_for = fmt::format("no environment step for {:g} s {}", options_.timeout_seconds,
                                     page.place());
        run.worker->kill();
      }
    }
    if (!stopping()) return;
    if (!asked_) {
      asked_ = true;
      asked_at_ = Clock::now();
      display_.message("stopping: running trials save their state; a second signal stops at once");
      for (const Running& run : running_) run.worker->terminate();
    } else if (SignalGuard::seen() > 1 || seconds_since(asked_at_) > kGraceSeconds) {
      // What is lost is at most the work since the last checkpoint.
      for (Running& run : running_) {
        run.killed_to_stop = true;
        run.worker->kill();
      }
    }
  }

  void show() {
    std::vector<RunningView> views;
    for (const Running& run : running_) {
      const LivePage& page = run.worker->page();
      views.push_back({.label = run.label,
                       .pair = run.pair,
                       .fraction = page.fraction.load(),
                       .wall_seconds = page.wall_seconds.load(),
                       .mean_return = page.mean_return.load(),
                       .iterations = page.iterations.load(),
                       .ticks = page.ticks.load()});
    }
    std::map<std::string, int> waiting;
    for (const Trial* trial : pending_) ++waiting[pair_of(*trial)];
    display_.update({.trials = static_cast<int>(trials_.size()),
                     .complete = outcome_.complete,
                     .failed = outcome_.failed,
                     .jobs = jobs()},
                    views, forecast_.remaining(views, waiting, jobs()));
  }

  void journal(const Running& run, JournalEvent::Type type, const std::string& message, bool sync) {
    JournalEvent event;
    event.type = type;
    event.trial = run.id;
    event.message = message;
    event.unix_time = static_cast<double>(std::time(nullptr));
    if (run.worker) {
      const LivePage& page = run.worker->page();
      event.iteration = page.iterations.load();
      event.steps = page.steps.load();
      event.wall_seconds = page.wall_seconds.load();
    }
    journal_.append(event, sync);
  }

  const std::vector<Trial>& trials_;
  const Catalog& catalog_;
  const Store& store_;
  const SweepOptions& options_;
  ProgressDisplay& display_;
  Journal journal_;
  int cores_;
  std::deque<const Trial*> pending_;
  std::vector<Running> running_;
  std::vector<std::string> ended_;  // ids
  std::map<std::string, bool> failed_before_;
  std::unordered_set<std::string> repeated_;  // ids of those with a complete result that run again
  Forecast forecast_;
  SweepOutcome outcome_;
  int n_stopped_ = 0;
  bool asked_ = false;
  Clock::time_point asked_at_{}, last_look_ = Clock::now();
};

}  // namespace

SweepOutcome run_sweep(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
                       const SweepOptions& options, ProgressDisplay& display) {
  return Executor(trials, catalog, store, options, display).run();
}

}  // namespace rlrun
