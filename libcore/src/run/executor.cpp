#include "run/executor.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>

#include "plugin/child.hpp"
#include "report/number.hpp"
#include "run/ending.hpp"
#include "run/last_state.hpp"
#include "run/machine.hpp"
#include "run/processes.hpp"
#include "run/progress.hpp"
#include "run/provenance.hpp"
#include "run/run_trial.hpp"
#include "run/selection.hpp"
#include "run/signals.hpp"
#include "run/trial_log.hpp"
#include "run/watchdog.hpp"
#include "store/file.hpp"
#include "store/hdf5.hpp"
#include "store/unfinished.hpp"

namespace rlrun {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPollMilliseconds = 100;
constexpr double kLongestWait = 0.2;  // seconds that count between two looks at the workers
constexpr double kSameSignal = 0.2;  // seconds in which a second signal is the first by another way
constexpr std::size_t kProbeBytes = std::size_t{16} << 20;  // more than most results have

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string pair_of(const Trial& trial) {
  return trial.env.label + " " + trial.algorithm.label;
}

class Executor {
 public:
  Executor(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
           const SweepOptions& options, const SignalGuard& signals, ProgressDisplay& display)
      : trials_(trials),
        catalog_(catalog),
        store_(store),
        options_(options),
        signals_(signals),
        display_(display),
        journal_(store.folder() / "journal"),
        cores_(available_cores()),
        jobs_(options.jobs > 0 ? options.jobs : cores_) {}

  SweepOutcome run() {
    hdf5::prepare_library();  // once here, not in every worker
    if (!journal_.set_aside().empty()) display_.warning(journal_.set_aside());
    select();
    const bool nothing_to_do = queue_.empty();
    while (!running_.empty() || (!queue_.empty() && !stopping())) {
      read_signals();
      while (!stopping() && !queue_.empty() && static_cast<int>(running_.size()) < jobs_)
        start_next();
      wait();
      collect_ended();
      enforce_limits();
      show();
    }
    display_.finish();
    if (!nothing_to_do) LastStates(store_.folder() / "states").remove_superseded();
    outcome_.pending = static_cast<int>(queue_.size());
    conclude();
    return outcome_;
  }

 private:
  struct Running {
    const Trial* trial;
    std::string id, label, pair;
    TrialLog log;
    std::uint64_t file_before = 0;  // the file of an earlier result; 0: none
    std::unique_ptr<Worker> worker = nullptr;
    Clock::time_point started = Clock::now();
    Watchdog watchdog = {};
    std::string killed_for = {};  // set when we ended it because of a limit
    bool killed_to_stop = false;
    std::int64_t journaled = 0;
  };

  [[nodiscard]] bool stopping() const { return !outcome_.stopped_by.empty(); }

  // What is wrong outside the trials stops the sweep; of several reasons the first counts.
  void stop(ExitCode code, const std::string& reason) {
    if (stopping()) return;
    outcome_.exit_code = code;
    outcome_.stopped_by = reason;
  }

  void select() {
    selection_ = select_trials(trials_, catalog_, store_, options_);
    for (const std::string& warning : selection_.warnings) display_.warning(warning);
    outcome_.complete = selection_.complete;
    outcome_.failed = selection_.kept_failures;
    outcome_.other_code = selection_.other_code;
    outcome_.nothing_new = selection_.queue.empty();
    if (outcome_.complete > 0)
      display_.message(fmt::format("{} of {} {} a result already", outcome_.complete,
                                   counted(trials_.size(), "trial"),
                                   outcome_.complete == 1 ? "has" : "have"));
    if (selection_.unplanned > 0) display_.message(unplanned_text(selection_.unplanned));
    if (!selection_.repeated.empty())
      display_.message(fmt::format("{} of {} run again; the earlier results stay until then",
                                   selection_.repeated.size(), counted(trials_.size(), "trial")));
    for (const std::string& message : selection_.messages) display_.message(message);
    for (const Trial* trial : queue_) ++waiting_[pair_of(*trial)];
    malloc_trim(0);  // every fork copies the tables of what we hold, also of what is free
  }

  // What comes from a trial decides nothing. `ended` are those processes of a trial that can no longer
  // be asked where they come from.
  void read_signals(const std::vector<pid_t>& ended = {}) {
    while (const std::optional<SignalGuard::Signal> signal = signals_.next()) {
      const std::string name = signal_text(signal->number);
      const pid_t child = orphans_.child_above(signal->sender);
      if (child != 0 || std::find(ended.begin(), ended.end(), signal->sender) != ended.end()) {
        const auto trial = std::find_if(running_.begin(), running_.end(), [&](const Running& run) {
          return run.worker->pid() == child;
        });
        display_.warning(fmt::format("{} sent {} to the sweep, which goes on",
                                     trial == running_.end() ? "a trial" : trial->label, name));
      } else if (!stopping()) {
        stop(ExitCode::kInterrupted, name);
      } else if (signal->number != SIGXCPU &&  // the kernel repeats it
                 seconds_since(asked_at_) > kSameSignal) {
        in_haste_ = true;
      }
    }
  }

  // Trials fill the cores first; threads inside a trial take what is left.
  [[nodiscard]] int threads_for_next() const {
    if (options_.threads > 0) return options_.threads;
    const int at_a_time = std::min<int>(jobs_, static_cast<int>(running_.size() + queue_.size()));
    return std::max(1, cores_ / std::max(at_a_time, 1));
  }

  void start_next() {
    const Trial* trial = queue_.front();
    WorkerOptions worker;
    worker.threads = threads_for_next();
    worker.checkpoint_seconds = options_.checkpoint_seconds;
    worker.address_mib = options_.address_mib;
    worker.memory_mib = memory_mib_;
    worker.keep_state = options_.keep_state;
    const std::string id = trial->id();
    if (const auto shorter = selection_.shorter.find(id); shorter != selection_.shorter.end())
      worker.shorter = shorter->second;
    Running run{.trial = trial,
                .id = id,
                .label = trial->label(),
                .pair = pair_of(*trial),
                .log = TrialLog(store_.folder(), id),
                .file_before = file_number(store_.trial_path(id))};
    try {
      run.worker = std::make_unique<Worker>(*trial, catalog_, store_, worker);
    } catch (const UserError& error) {
      // With fewer at a time it may go.
      if (running_.empty()) return stop(error.code(), error.what());
      jobs_ = static_cast<int>(running_.size());
      display_.warning(fmt::format("{}; from here on {} trial{} at a time", error.what(), jobs_,
                                   jobs_ == 1 ? "" : "s"));
      return;
    }
    queue_.pop_front();
    --waiting_[run.pair];
    journal(run, JournalEvent::Type::kStarted, "", false);
    running_.push_back(std::move(run));
  }

  void wait() {
    std::vector<pollfd> descriptors;
    for (const Running& run : running_)
      descriptors.push_back({.fd = run.worker->descriptor(), .events = POLLIN, .revents = 0});
    descriptors.push_back({.fd = signals_.descriptor(), .events = POLLIN, .revents = 0});
    poll(descriptors.data(), descriptors.size(), kPollMilliseconds);
    for (std::size_t i = 0; i < running_.size(); ++i)
      if (descriptors[i].revents != 0) ended_.push_back(running_[i].id);
    read_signals();  // while those who sent them can still be asked
  }

  void collect_ended() {
    for (const std::string& id : ended_) {
      const auto it = std::find_if(running_.begin(), running_.end(),
                                   [&](const Running& run) { return run.id == id; });
      Running run = std::move(*it);
      running_.erase(it);
      finish(run);
    }
    ended_.clear();
  }

  // 1. Lets go of the process and of what it left behind.
  // 2. Finds out what became of the trial.
  // 3. Counts, records and says it.
  void finish(Running& run) {
    const pid_t worker = run.worker->pid();
    LastFacts facts{.report = run.worker->report(), .wait_status = run.worker->reap()};
    std::vector<pid_t> others;
    for (const Running& other : running_) others.push_back(other.worker->pid());
    std::vector<pid_t> ended = orphans_.end(others);
    ended.push_back(worker);
    read_signals(ended);
    run.log.remove_if_empty();

    facts.committed = has_new_result(run);
    facts.checkpointed = CheckpointFile(store_.folder() / "checkpoints", run.id, "").exists();
    facts.cut = run.killed_to_stop;
    facts.limit = run.killed_for;
    Ending ending = judge(facts);
    if (ending.blames_store && (stopping() || !can_store())) ending.kind = Ending::Kind::kCut;

    const WorkerReport& report = facts.report;
    switch (ending.kind) {
      case Ending::Kind::kComplete:
        ++outcome_.complete;
        journal(run, JournalEvent::Type::kFinished, "", false);
        forecast_.finished(run.pair, report.wall_seconds);
        display_.trial_ended(run.label, true,
                             fmt::format("{} iterations, {} steps, {}", report.iterations,
                                         report.steps, duration_text(report.wall_seconds)));
        break;
      case Ending::Kind::kSaved:
        ++outcome_.saved;
        journal(run, JournalEvent::Type::kInterrupted, "", true);
        break;
      case Ending::Kind::kCut:
        ++(facts.checkpointed ? outcome_.cut : outcome_.anew);
        journal(run, JournalEvent::Type::kInterrupted, "", true);
        break;
      case Ending::Kind::kFailed:
        if (ending.cause.kind == "signal" || ending.cause.kind == "exit")
          if (const std::string words = run.log.last_words(); !words.empty())
            ending.cause.message += "; it last printed: " + words;
        commit_failure(run, ending.cause);
        break;
    }
  }

  // A new file takes the place of an earlier one while that still exists, so their numbers differ.
  [[nodiscard]] bool has_new_result(const Running& run) const {
    const std::filesystem::path path = store_.trial_path(run.id);
    if (const std::uint64_t now = file_number(path); now == 0 || now == run.file_before)
      return false;
    try {
      const TrialRecord record = read_trial(path);
      return record.id == run.id && record.status == TrialStatus::kComplete;
    } catch (const UserError&) {
      return false;
    }
  }

  // Whether a result can be written at all; if not, the sweep stops. A trial may say that the disk
  // is full when it is only itself that used up its descriptors, or that throws whatever it likes.
  bool can_store() {
    const std::filesystem::path probe = store_.folder() / "trials" / "probe.tmp";
    bool well = true;
    try {
      write_file_atomically(probe, std::string(kProbeBytes, '\0'));
    } catch (const UserError& error) {
      stop(error.code(), error.what());
      well = false;
    }
    std::error_code ignored;
    std::filesystem::remove(probe, ignored);
    return well;
  }

  void commit_failure(const Running& run, const Cause& cause) {
    if (selection_.repeated.contains(run.id)) {
      ++outcome_.failed;
      ++outcome_.failed_repetitions;
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
    last_curves(store_.folder(), record);
    try {
      write_trial(store_.trial_path(run.id), record);
    } catch (const UserError& error) {
      ++outcome_.anew;
      return stop(error.code(), error.what());
    }
    ++outcome_.failed;
    journal(run, JournalEvent::Type::kFailed, cause.kind + ": " + cause.message, true);
    display_.trial_ended(run.label, false, cause.kind + ": " + cause.message);
  }

  [[nodiscard]] Code code_of_trial(const Trial& trial) const {
    try {
      return code_of(plugins_of(trial, catalog_));
    } catch (const UserError&) {
      return {};  // its plugin is gone, which may be why it failed
    }
  }

  // 1. Trials that do not go on are woken or ended.
  // 2. Logs are kept from filling the disk, and the journal learns how far trials are.
  // 3. If the sweep stops: trials are asked to save their state, and ended when they take too long.
  void enforce_limits() {
    // A sweep that was suspended itself, as by Ctrl-Z, was not waiting all that time.
    const double waited = std::min(seconds_since(last_look_), kLongestWait);
    last_look_ = Clock::now();
    for (Running& run : running_) {
      const WorkerReport report = run.worker->report();
      if (run.killed_for.empty()) watch(run, report, waited);
      run.log.bound();
      if (report.iterations > run.journaled) {
        run.journaled = report.iterations;
        journal(run, JournalEvent::Type::kProgress, "", false);
      }
    }
    if (stopping()) hurry(waited);
  }

  void watch(Running& run, const WorkerReport& report, double waited) {
    const auto stopped = [&] {
      const std::optional<ProcessFacts> facts = process_facts(run.worker->pid());
      return facts && facts->state == 'T';
    };
    switch (run.watchdog.look(report, waited, options_.timeout_seconds, stopped)) {
      case Watchdog::Verdict::kFine:
        break;
      case Watchdog::Verdict::kAsleep:
        display_.warning(run.label + " was stopped by a signal for too long, and is woken");
        run.worker->wake();
        break;
      case Watchdog::Verdict::kHangs:
        run.killed_for = fmt::format("no environment step for {:g} s {}", options_.timeout_seconds,
                                     report.place());
        run.worker->kill();
        break;
    }
  }

  void hurry(double waited) {
    if (!asked_) {
      asked_ = true;
      asked_at_ = Clock::now();
      if (!running_.empty())
        display_.message(
            fmt::format("stopping: running trials save their state at the end of their iteration; "
                        "after {:g} s, "
                        "or a second signal, they are cut",
                        options_.grace_seconds));
      for (const Running& run : running_) {
        run.worker->terminate();
        run.worker->wake();
      }
    } else if ((grace_used_ += waited) > options_.grace_seconds || in_haste_) {
      // What is lost is at most the work since the last checkpoint.
      for (Running& run : running_) {
        run.killed_to_stop = true;
        run.worker->kill();
      }
    }
  }

  void show() {
    if (seconds_since(last_shown_) * 1000 < kPollMilliseconds) return;
    last_shown_ = Clock::now();
    std::vector<RunningView> views;
    for (const Running& run : running_) {
      const WorkerReport report = run.worker->report();
      views.push_back({.label = run.label,
                       .pair = run.pair,
                       .fraction = report.fraction,
                       .wall_seconds = report.wall_seconds,
                       .mean_return = report.mean_return,
                       .iterations = report.iterations,
                       .ticks = report.ticks});
    }
    display_.update({.trials = static_cast<int>(trials_.size()),
                     .complete = outcome_.complete,
                     .failed = outcome_.failed,
                     .jobs = jobs_},
                    views, forecast_.remaining(views, waiting_, jobs_));
  }

  // A journal that cannot be written stops the sweep, but not what it is doing.
  void journal(const Running& run, JournalEvent::Type type, const std::string& message, bool sync) {
    const WorkerReport report = run.worker->report();
    JournalEvent event;
    event.type = type;
    event.trial = run.id;
    event.message = message;
    event.unix_time = static_cast<double>(std::time(nullptr));
    event.iteration = report.iterations;
    event.steps = report.steps;
    event.wall_seconds = report.wall_seconds;
    try {
      journal_.append(event, sync);
    } catch (const UserError& error) {
      stop(error.code(), error.what());
    }
  }

  // A stop that left nothing over was none.
  void conclude() {
    const int left = outcome_.saved + outcome_.cut + outcome_.anew + outcome_.pending;
    if (!stopping() && left > 0) stop(ExitCode::kInterrupted, "a signal that was sent to trials");
    if (outcome_.exit_code == ExitCode::kInterrupted && left == 0) {
      outcome_.exit_code = ExitCode::kOk;
      outcome_.stopped_by.clear();
    }
    if (outcome_.exit_code == ExitCode::kOk && outcome_.failed > 0)
      outcome_.exit_code = ExitCode::kTrialFailed;
  }

  const std::vector<Trial>& trials_;
  const Catalog& catalog_;
  const Store& store_;
  const SweepOptions& options_;
  const SignalGuard& signals_;
  ProgressDisplay& display_;
  Journal journal_;
  const Orphans orphans_;
  const int cores_;
  const std::int64_t memory_mib_ = available_memory_mib();
  int jobs_;
  Selection selection_;
  std::deque<const Trial*>& queue_ = selection_.queue;
  std::map<std::string, int> waiting_;  // how many of each pair are in the queue
  std::vector<Running> running_;
  std::vector<std::string> ended_;  // ids
  Forecast forecast_;
  SweepOutcome outcome_;
  bool asked_ = false, in_haste_ = false;
  double grace_used_ = 0;
  Clock::time_point asked_at_{}, last_look_ = Clock::now(), last_shown_{};
};

}  // namespace

SweepOutcome run_sweep(const std::vector<Trial>& trials, const Catalog& catalog, const Store& store,
                       const SweepOptions& options, const SignalGuard& signals,
                       ProgressDisplay& display) {
  return Executor(trials, catalog, store, options, signals, display).run();
}

}  // namespace rlrun
