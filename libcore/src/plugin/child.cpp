#include "plugin/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlrun/error.hpp"

namespace rlrun {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPhaseSize = 256;
constexpr std::size_t kMaxAnswer = 64 * 1024 * 1024;

// The child's phase lies in memory that both sides see, so that it survives the child.
char* g_phase = nullptr;

[[noreturn]] void fail_system(const char* call) {
  throw UserError(std::string(call) + ": " + std::strerror(errno), ExitCode::kResources);
}

/// Memory shared with the child.
class SharedPage {
 public:
  SharedPage()
      : memory_(
            mmap(nullptr, kPhaseSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) fail_system("mmap");
  }
  ~SharedPage() { munmap(memory_, kPhaseSize); }
  SharedPage(const SharedPage&) = delete;
  SharedPage& operator=(const SharedPage&) = delete;
  [[nodiscard]] char* text() const { return static_cast<char*>(memory_); }

 private:
  void* memory_;
};

/// The child's answer is an object with "result", or "error" and "code".
json::Value answer_of(const std::function<json::Value()>& work) {
  const auto failure = [](const std::string& message, ExitCode code, bool known) {
    return json::Value(
        json::Object{{"error", message}, {"code", static_cast<int>(code)}, {"known", known}});
  };
  try {
    return json::Object{{"result", work()}};
  } catch (const UserError& error) {
    return failure(error.what(), error.code(), true);
  } catch (const std::exception& error) {
    return failure(error.what(), ExitCode::kPlugin, false);
  } catch (...) {
    return failure("something that is no std::exception", ExitCode::kPlugin, false);
  }
}

[[noreturn]] void be_the_child(int pipe_end, pid_t parent,
                               const std::function<json::Value()>& work) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // the parent died before the line above
  // The parent's handlers are about the parent.
  for (const int signal :
       {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS})
    std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);

  const std::string answer = json::canonical(answer_of(work)) + '\n';
  for (std::size_t done = 0; done < answer.size();) {
    const ssize_t n = write(pipe_end, answer.data() + done, answer.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(1);
    done += static_cast<std::size_t>(n);
  }
  _exit(0);  // without the destructors and exit handlers of whatever was loaded
}

struct Ending {
  std::string answer;  ///< Ends with a newline if it is complete.
  bool timed_out = false;
  int status = 0;  ///< Of waitpid.
};

/// Reads until the answer is complete, the child has ended, or the time is up; then ends the child.
Ending listen(pid_t child, int pipe_end, Clock::time_point deadline) {
  Ending ending;
  bool open = true, reaped = false;
  std::array<char, 65536> buffer;
  const auto complete = [&] { return !ending.answer.empty() && ending.answer.back() == '\n'; };
  while (!complete() && !reaped) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0 || ending.answer.size() > kMaxAnswer) {
      ending.timed_out = true;
      break;
    }
    // In slices, because a grandchild may hold the pipe open after the child's end.
    pollfd event = {.fd = open ? pipe_end : -1, .events = POLLIN, .revents = 0};
    const int slice = static_cast<int>(std::min<long>(left.count(), open ? 50 : 5));
    if (poll(&event, 1, slice) > 0) {
      const ssize_t n = read(pipe_end, buffer.data(), buffer.size());
      if (n > 0) ending.answer.append(buffer.data(), static_cast<std::size_t>(n));
      if (n == 0) open = false;
      if (n != 0) continue;
    }
    reaped = waitpid(child, &ending.status, WNOHANG) == child;
  }
  // It may have answered and ended between the last look into the pipe and this one.
  if (reaped && open) {
    fcntl(pipe_end, F_SETFL, O_NONBLOCK);
    for (ssize_t n = 0; (n = read(pipe_end, buffer.data(), buffer.size())) > 0;)
      ending.answer.append(buffer.data(), static_cast<std::size_t>(n));
  }
  kill(-child, SIGKILL);
  kill(child, SIGKILL);  // in case it had not made its group yet
  while (!reaped && waitpid(child, &ending.status, 0) < 0 && errno == EINTR) {
  }
  return ending;
}

std::string how_it_ended(const Ending& ending, std::chrono::milliseconds limit) {
  if (ending.timed_out) {
    char text[64];
    std::snprintf(text, sizeof text, "did not end within %g s",
                  static_cast<double>(limit.count()) / 1000);
    return text;
  }
  if (WIFSIGNALED(ending.status)) return "crashed with " + signal_text(WTERMSIG(ending.status));
  return "called exit(" + std::to_string(WEXITSTATUS(ending.status)) + ")";
}

}  // namespace

void set_child_phase(const std::string& phase) {
  if (g_phase == nullptr) return;
  const std::size_t size = std::min(phase.size(), kPhaseSize - 1);
  std::memcpy(g_phase, phase.data(), size);
  g_phase[size] = '\0';
}

std::string signal_text(int signal) {
  const char* name = sigabbrev_np(signal);
  const char* meaning = sigdescr_np(signal);
  if (name == nullptr || meaning == nullptr) return "signal " + std::to_string(signal);
  std::string words = meaning;
  if (!words.empty() && words[0] >= 'A' && words[0] <= 'Z')
    words[0] = static_cast<char>(words[0] + 32);
  return std::string("SIG") + name + " (" + words + ")";
}

json::Value run_in_child(const std::string& what, std::chrono::milliseconds limit,
                         const std::function<json::Value()>& work) {
  // What is buffered would be printed twice if the child called exit.
  std::cout.flush();
  std::cerr.flush();
  std::fflush(nullptr);
  const SharedPage page;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail_system("pipe");
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) {
    close(ends[0]);
    close(ends[1]);
    fail_system("fork");
  }
  if (child == 0) {
    close(ends[0]);
    g_phase = page.text();
    be_the_child(ends[1], parent, work);
  }
  setpgid(child, child);  // both sides do it, so that it is done for either
  close(ends[1]);
  const Ending ending = listen(child, ends[0], Clock::now() + limit);
  close(ends[0]);

  const std::string phase(page.text(), strnlen(page.text(), kPhaseSize));
  const std::string where = phase.empty() ? "" : " while " + phase;
  if (ending.answer.empty() || ending.answer.back() != '\n')
    throw UserError(what + ": " + how_it_ended(ending, limit) + where, ExitCode::kPlugin);
  json::Value answer = json::parse(ending.answer, what);
  if (json::Value* result = answer.find("result")) return std::move(*result);
  const std::string& message = *answer.find("error")->if_string();
  const auto code = static_cast<ExitCode>(*answer.find("code")->if_int());
  if (*answer.find("known")->if_bool()) throw UserError(message, code);
  throw UserError(what + ": threw " + message + where, code);
}

}  // namespace rlrun
