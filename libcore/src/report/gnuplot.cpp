#include "report/gnuplot.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "report/escape.hpp"

namespace rlrun {

namespace {

class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t n = ::read(descriptor, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

// What gnuplot says is the offending line, a caret, and "file" line N: the reason.
std::string reason_in(const std::string& complaint) {
  std::string last = "no reason given";
  std::size_t begin = 0;
  while (begin < complaint.size()) {
    const std::size_t end = std::min(complaint.find('\n', begin), complaint.size());
    const std::string line = complaint.substr(begin, end - begin);
    if (line.find_first_not_of(" \t^") != std::string::npos) last = plain(line);
    begin = end + 1;
  }
  return last;
}

}  // namespace

void run_gnuplot(const std::filesystem::path& script) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    throw UserError(fmt::format("cannot start gnuplot: {}", std::strerror(errno)),
                    ExitCode::kResources);
  SpawnActions actions;
  const std::filesystem::path folder = std::filesystem::absolute(script).parent_path();
  posix_spawn_file_actions_addchdir_np(actions.get(), folder.c_str());
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(actions.get(), STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(actions.get(), pipe[1], STDERR_FILENO);

  // The leading "./" keeps gnuplot from reading a strange name as an option.
  std::string name = "./" + script.filename().string();
  std::string program = "gnuplot", defaults = "--default-settings";
  std::array<char*, 4> arguments = {program.data(), defaults.data(), name.data(), nullptr};
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, program.c_str(), actions.get(), nullptr, arguments.data(), environ);
  ::close(pipe[1]);
  if (error != 0) {
    ::close(pipe[0]);
    throw UserError(
        fmt::format("cannot start gnuplot ({}); install it (Debian: gnuplot-nox) and run "
                    "'gnuplot {}' or this command again",
                    std::strerror(error), script.string()),
        ExitCode::kResources);
  }
  const std::string complaint = read_all(pipe[0]);
  ::close(pipe[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw UserError(fmt::format("gnuplot failed on {}: {}", script.string(), reason_in(complaint)),
                    ExitCode::kResources);
}

}  // namespace rlrun
