#include "run/worker.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <set>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "cli/streams.hpp"
#include "json/json.hpp"
#include "plugin/loader.hpp"
#include "run/crash_report.hpp"
#include "run/last_state.hpp"
#include "run/provenance.hpp"
#include "run/run_trial.hpp"
#include "store/unfinished.hpp"

namespace rlrun {
namespace {

volatile std::sig_atomic_t stop_requested = 0;

// A plugin that sends the signal to itself wants to end, as it would elsewhere.
void request_stop(int signal, siginfo_t* info, void*) {
  if (info->si_code <= 0 && info->si_pid == getpid()) {
    std::signal(signal, SIG_DFL);
    raise(signal);
  }
  stop_requested = 1;
}

// Those of the parent that a worker must not keep: with few to be had, it would lack them.
std::set<int>& descriptors_of_workers() {
  static std::set<int> descriptors;
  return descriptors;
}

void set_cause(LivePage& page, const char* kind, const std::string& message, int exit_code) {
  std::snprintf(page.kind, sizeof page.kind, "%s", kind);
  std::snprintf(page.message, sizeof page.message, "%s", message.c_str());
  page.exit_code = exit_code;
  page.phase = LivePage::Phase::kFailed;
}

// The child's own surroundings: its process group, signals, limits, and a log for what plugins
// print.
void prepare_child(pid_t parent, const Store& store, const std::string& id,
                   const WorkerOptions& options) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // the parent died before the line above
  for (const int descriptor : descriptors_of_workers()) close(descriptor);
  struct sigaction stop {};
  stop.sa_sigaction = request_stop;
  stop.sa_flags = SA_SIGINFO | SA_RESTART;
  sigaction(SIGTERM, &stop, nullptr);
  sigaction(SIGXCPU, &stop, nullptr);  // the limit of processor time is one of each process
  // What else a launcher sends to all processes of a job is for the parent to decide.
  for (const int signal : {SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_IGN);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGCHLD, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);

  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const auto limit_memory = [](auto resource, std::int64_t mib) {
    const auto bytes = static_cast<rlim_t>(mib) << 20;
    const rlimit limit{bytes, bytes};
    if (mib > 0) setrlimit(resource, &limit);
  };
  limit_memory(RLIMIT_AS, options.address_mib);
  limit_memory(RLIMIT_DATA, options.memory_mib);
  // Where memory runs out all the same, the kernel ends a trial, and neither the sweep nor what
  // else runs on the machine.
  if (const int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); score >= 0) {
    static_cast<void>(!write(score, "1000", 4));
    close(score);
  }
  // What leaves the group comes to us, so that it does not come to the parent while we live.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // Standard output belongs to the answers of the command; what a plugin prints goes to its log.
  const std::string log = (store.folder() / "logs" / (id + ".log")).string();
  const int descriptor =
      open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
  const int sink = descriptor >= 0 ? descriptor : open("/dev/null", O_WRONLY | O_CLOEXEC);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(sink, STDOUT_FILENO);
  dup2(sink, STDERR_FILENO);
  report_crashes();
}

void run_in_child(const Trial& trial, const Catalog& catalog, const Store& store,
                  const WorkerOptions& options, LivePage& page) {
  // Never destroyed: the process ends by _exit, so that no destructor of a plugin can spoil a
  // committed result.
  auto& plugins = *new LoadedPlugins();
  const std::vector<const PluginFile*> files = plugins_of(trial, catalog);
  // A plugin may be built anew at any time. What was the same before and after is what was loaded.
  const Code code = code_of(files);
  for (const PluginFile* file : files) plugins.load(*file);
  if (code_identity(code_of(files)) != code_identity(code))
    throw UserError("a plugin file was replaced while it was loaded", ExitCode::kPlugin);
  set_thread_count(options.threads);

  const std::string id = trial.id(), identity = code_identity(code);
  CheckpointFile checkpoint(store.folder() / "checkpoints", id, id + " " + identity);
  TrialContext context;
  context.checkpoint = &checkpoint;
  const std::filesystem::path states = store.folder() / "states";
  CheckpointFile shorter = last_state_file(states, options.shorter, trial, identity);
  if (!options.shorter.empty()) context.shorter = &shorter;
  LastState last_state(states, trial, identity, options.keep_state);
  context.last_state = &last_state;
  context.checkpoint_seconds = options.checkpoint_seconds;
  context.ticker = &page.ticks;
  context.stop_requested = [] { return stop_requested != 0; };
  context.on_note = cli::say_line;
  auto& record = *new TrialRecord();
  context.on_progress = [&](const TrialProgress& progress) {
    page.iterations = progress.iterations;
    page.steps = progress.steps;
    page.mean_return = progress.mean_return;
    page.wall_seconds = record.wall_seconds;
    page.fraction = progress.fraction;
  };
  Provenance provenance(options.threads);
  page.phase = LivePage::Phase::kRunning;
  bool done = false;
  try {
    done = run_trial(trial, plugins, context, record);
  } catch (...) {
    leave_curves(store.folder(), record);
    throw;
  }
  if (!done) {
    page.phase = LivePage::Phase::kStopped;
    return;
  }
  page.phase = LivePage::Phase::kCommitting;
  record.provenance = provenance.finish(code);
  write_trial(store.trial_path(id), record);
  checkpoint.remove();
  page.phase = LivePage::Phase::kComplete;
}

// What the loader and the system say where the limit leaves no room, and what is then no fault of the
// plugin.
bool says_no_room(const std::string& message) {
  return message.find("failed to map segment") != std::string::npos ||
         message.find(std::strerror(ENOMEM)) != std::string::npos;
}

[[noreturn]] void child_main(const Trial& trial, const Catalog& catalog, const Store& given,
                             const WorkerOptions& options, LivePage& page, pid_t parent) {
  const std::string id = trial.id();
  // A plugin may change the working folder.
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::absolute(given.folder(), ignored);
  const Store store(folder.empty() ? given.folder() : folder);
  prepare_child(parent, store, id, options);
  const std::int64_t limit = options.address_mib > 0 ? options.address_mib : options.memory_mib;
  try {
    run_in_child(trial, catalog, store, options, page);
  } catch (const UserError& error) {
    const bool no_room = limit > 0 && says_no_room(error.what());
    set_cause(page,
              no_room                             ? "memory"
              : error.code() == ExitCode::kPlugin ? "plugin"
                                                  : "error",
              no_room ? fmt::format("{} (limit {} MiB)", error.what(), limit) : error.what(),
              static_cast<int>(error.code()));
  } catch (const std::bad_alloc&) {
    set_cause(page, "memory",
              limit > 0 ? "out of memory (limit " + std::to_string(limit) + " MiB)"
                        : std::string("out of memory"),
              0);
  } catch (const std::exception& error) {
    set_cause(page, "error", error.what(), 0);
  } catch (...) {
    set_cause(page, "error", "a plugin threw something that is not a std::exception", 0);
  }
  // What a plugin has printed; but one of its threads may hold the stream and never let go.
  if (ftrylockfile(stdout) == 0) {
    fflush_unlocked(stdout);
    funlockfile(stdout);
  }
  _exit(0);
}

// All signals are held back while it lives, for those that arrive while a process is being made.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

std::string text_in(const char* field, std::size_t size) {
  return json::plain_line({field, strnlen(field, size)});
}

// Whether this descriptor is not among the last that may be had: we have files to read and write,
// too.
bool leaves_descriptors(int descriptor) {
  constexpr rlim_t kReserve = 8;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
      static_cast<rlim_t>(descriptor) + kReserve < limit.rlim_cur)
    return true;
  close(descriptor);
  errno = EMFILE;
  return false;
}

}  // namespace

WorkerReport LivePage::read() const {
  const auto count = [](std::int64_t value) {
    return std::clamp(value, std::int64_t{0}, std::int64_t{1} << 53);
  };
  const auto number = [](double value, double high) {
    return std::isfinite(value) ? std::clamp(value, 0.0, high) : 0.0;
  };
  const Phase now = phase.load();
  return {.phase = now < Phase::kLoading || now > Phase::kFailed ? Phase::kRunning : now,
          .ticks = count(ticks.load()),
          .iterations = count(iterations.load()),
          .steps = count(steps.load()),
          .fraction = number(fraction.load(), 1),
          .mean_return = mean_return.load(),
          .wall_seconds = number(wall_seconds.load(), 1e12),
          .kind = text_in(kind, sizeof kind),
          .message = text_in(message, sizeof message),
          .exit_code = exit_code};
}

std::string WorkerReport::place() const {
  switch (phase) {
    case LivePage::Phase::kLoading:
      return "while loading";
    case LivePage::Phase::kCommitting:
      return "while committing the result";
    default:
      return "in iteration " + std::to_string(iterations);
  }
}

Worker::Worker(const Trial& trial, const Catalog& catalog, const Store& store,
               const WorkerOptions& options) {
  void* memory =
      mmap(nullptr, sizeof(LivePage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    throw UserError(std::string("cannot map shared memory for a worker: ") + std::strerror(errno),
                    ExitCode::kResources);
  page_ = new (memory) LivePage();
  std::fflush(nullptr);
  // The worker asks again and finds the hashes in the memory that it gets from here.
  try {
    code_of(plugins_of(trial, catalog));
  } catch (const UserError&) {
    // It then is the worker's failure.
  }
  const pid_t parent = getpid();
  // From here on the destructor is not there to help.
  const auto refuse = [&](const char* what) {
    const int error = errno;
    if (pid_ > 0) reap_after_kill();
    munmap(page_, sizeof(LivePage));
    throw UserError(std::string(what) + ": " + std::strerror(error), ExitCode::kResources);
  };
  {
    const SignalsBlocked blocked;  // the child lets them in when it has handlers of its own
    pid_ = fork();
    if (pid_ == 0) child_main(trial, catalog, store, options, *page_, parent);
  }
  if (pid_ < 0) refuse("cannot start a worker process");
  madvise(page_, sizeof(LivePage), MADV_DONTFORK);  // later workers have no part in it
  setpgid(pid_, pid_);                              // in both processes, whoever is first
  pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (pidfd_ < 0 || !leaves_descriptors(pidfd_)) refuse("cannot watch a worker process");
  descriptors_of_workers().insert(pidfd_);
}

Worker::~Worker() {
  if (pid_ > 0) reap_after_kill();
  descriptors_of_workers().erase(pidfd_);
  close(pidfd_);
  munmap(page_, sizeof(LivePage));
}

void Worker::reap_after_kill() {
  kill();
  reap();
}

void Worker::wake() const {
  ::kill(-pid_, SIGCONT);
}

void Worker::terminate() const {
  ::kill(pid_, SIGTERM);
}

void Worker::kill() const {
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
}

int Worker::reap() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ::kill(-pid_, SIGKILL);  // processes that a plugin may have left behind
  pid_ = -1;
  return status;
}

}  // namespace rlrun
