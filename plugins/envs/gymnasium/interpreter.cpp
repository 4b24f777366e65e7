#include "interpreter.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "rlrun/error.hpp"

#include "program.hpp"

namespace rlrun::gymnasium {
namespace {

constexpr int kControl = 3;  // as serve.py has it
constexpr char kReady = 'd', kNoProgram = 'x';
constexpr std::size_t kLongestMessage = 16 * 1024;

// One task is one thread. The order of Python's sets is the same in all processes. What draws, draws
// into memory.
constexpr std::pair<const char*, const char*> kForced[] = {
    {"OMP_NUM_THREADS", "1"}, {"OPENBLAS_NUM_THREADS", "1"}, {"MKL_NUM_THREADS", "1"},
    {"PYTHONHASHSEED", "0"},  {"PYTHONUNBUFFERED", "1"},
};
constexpr std::pair<const char*, const char*> kUnlessSet[] = {{"SDL_VIDEODRIVER", "dummy"},
                                                              {"SDL_AUDIODRIVER", "dummy"},
                                                              {"PYGAME_HIDE_SUPPORT_PROMPT", "1"}};

std::vector<std::string> environment_of_python() {
  std::vector<std::string> result;
  const auto names = [](const char* setting, const char* name) {
    const std::size_t size = std::strlen(name);
    return std::strncmp(setting, name, size) == 0 && setting[size] == '=';
  };
  for (char** setting = environ; *setting != nullptr; ++setting) {
    bool keep = true;
    for (const auto& [name, value] : kForced) keep = keep && !names(*setting, name);
    if (keep) result.emplace_back(*setting);
  }
  for (const auto& [name, value] : kForced) result.push_back(std::string(name) + "=" + value);
  for (const auto& [name, value] : kUnlessSet)
    if (std::getenv(name) == nullptr) result.push_back(std::string(name) + "=" + value);
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Between fork and exec, where nothing may be called that takes a lock.
[[noreturn]] void become_python(int control, pid_t parent, bool dies_with_parent,
                                char* const* arguments, char* const* environment) {
  // It is the thread that the kernel takes for the parent.
  if (dies_with_parent) prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // the parent died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGINT, SIG_IGN);  // what the terminal sends is for rlrun to decide on
  std::signal(SIGTERM, SIG_DFL);
  if (control == kControl) {
    fcntl(kControl, F_SETFD, 0);
  } else {
    dup2(control, kControl);
  }
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);  // standard output belongs to the answers of rlrun
  execvpe(arguments[0], arguments, environment);
  const char failure[2] = {kNoProgram, static_cast<char>(errno)};
  static_cast<void>(send(kControl, failure, sizeof failure, MSG_NOSIGNAL));
  _exit(127);
}

std::string ending_text(int status) {
  if (WIFEXITED(status)) return "ended with exit code " + std::to_string(WEXITSTATUS(status));
  const char* name = sigabbrev_np(WTERMSIG(status));
  return name != nullptr ? std::string("was ended by SIG") + name
                         : "was ended by signal " + std::to_string(WTERMSIG(status));
}

}  // namespace

void refuse(const char* what) {
  throw UserError(std::string("cannot ") + what + ": " + std::strerror(errno),
                  ExitCode::kResources);
}

Descriptor checked(int number, const char* what) {
  if (number < 0) refuse(what);
  return Descriptor(number);
}

Interpreter::Interpreter(std::string python, const std::vector<std::string>& arguments)
    : python_(std::move(python)) {
  start(arguments);
  std::array<char, kLongestMessage> message;
  ssize_t size = 0;
  while ((size = recv(control_.get(), message.data(), message.size(), 0)) < 0 && errno == EINTR) {
  }
  if (size > 0 && message[0] == kReady) return;
  const std::string text(message.data() + 1, size > 0 ? static_cast<std::size_t>(size) - 1 : 0);
  const std::string ending = own_ending();  // the destructor of an unfinished object is not called
  if (size > 0 && message[0] == kNoProgram)
    throw UserError("python: '" + python_ + "' cannot be started (" + std::strerror(text[0]) +
                    "); name an interpreter with the parameter 'python' or in RLRUN_PYTHON");
  if (size > 0) throw UserError(text);
  throw UserError("python: '" + python_ + "' " + ending +
                  " before it was ready; Python 3.10 or newer is needed");
}

void Interpreter::start(const std::vector<std::string>& arguments) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    refuse("make a socket for Python");
  control_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  std::vector<std::string> words{python_, "-c", kProgram};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> settings = environment_of_python();
  const std::vector<char*> argv = pointers_to(words), envp = pointers_to(settings);
  const pid_t parent = getpid();
  const bool in_main_thread = syscall(SYS_gettid) == parent;
  pid_ = fork();
  if (pid_ == 0) become_python(theirs.get(), parent, in_main_thread, argv.data(), envp.data());
  if (pid_ < 0) refuse("start Python");
  watch_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
}

std::string Interpreter::own_ending() {
  constexpr int kPatience = 3000;  // milliseconds: more than serve.py leaves to its tasks
  control_.close();
  pollfd ended{.fd = watch_.get(), .events = POLLIN, .revents = 0};
  if (watch_.get() < 0 || poll(&ended, 1, kPatience) == 0) kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  return ending_text(status);
}

Interpreter::~Interpreter() {
  own_ending();
}

std::int64_t Interpreter::ask(char what, std::int64_t argument,
                              const std::vector<int>& descriptors) {
  std::array<char, 1 + sizeof argument> message{what};
  std::memcpy(message.data() + 1, &argument, sizeof argument);
  iovec piece{.iov_base = message.data(), .iov_len = message.size()};
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(3 * sizeof(int))> passed{};
  if (!descriptors.empty()) {
    header.msg_control = passed.data();
    header.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
    std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size() * sizeof(int));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  std::int64_t answer = 0;
  ssize_t size = sendmsg(control_.get(), &header, MSG_NOSIGNAL);
  if (size >= 0)
    while ((size = recv(control_.get(), &answer, sizeof answer, 0)) < 0 && errno == EINTR) {
    }
  if (size != sizeof answer) throw TrialError("the Python process that makes the tasks has ended");
  return answer;
}

pid_t Interpreter::make_task(const Descriptor& requests, const Descriptor& answers,
                             const Descriptor& memory) {
  return static_cast<pid_t>(ask('n', 0, {requests.get(), answers.get(), memory.get()}));
}

std::string Interpreter::ending_of(pid_t task) {
  return ending_text(static_cast<int>(ask('e', task, {})));
}

}  // namespace rlrun::gymnasium
