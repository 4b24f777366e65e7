#pragma once
// Runs programs from outside, as a user would.

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace process {

struct Result {
  int code = -1;  ///< Exit code; 128 + signal if killed.
  std::string out, err;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A folder that is gone afterwards.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "rlrun-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path path;
};

/// A program in a process group of its own, its output in files of `folder`.
class Child {
 public:
  Child(const std::vector<std::string>& command, std::filesystem::path folder,
        const std::vector<std::string>& environment = {},
        const std::filesystem::path& working_folder = ".")
      : folder_(std::move(folder)) {
    pid_ = fork();
    if (pid_ == 0) {
      setpgid(0, 0);
      // Whoever runs the tests may ignore some of them.
      for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_DFL);
      const auto to_file = [&](const char* name, int descriptor) {
        const int file =
            open((folder_ / name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        dup2(file, descriptor);
      };
      to_file("stdout", STDOUT_FILENO);
      to_file("stderr", STDERR_FILENO);
      dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
      if (chdir(working_folder.c_str()) != 0) _exit(126);
      for (const std::string& setting : environment) putenv(strdup(setting.c_str()));
      std::vector<char*> arguments;
      for (const std::string& part : command) arguments.push_back(strdup(part.c_str()));
      arguments.push_back(nullptr);
      execvp(arguments[0], arguments.data());
      _exit(127);
    }
    setpgid(pid_, pid_);
  }
  ~Child() {
    if (pid_ > 0) {
      kill_group(SIGKILL);
      wait();
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void kill_group(int signal) const { ::kill(-pid_, signal); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool running() const {
    return waitid(P_PID, id_t(pid_), &info_, WEXITED | WNOHANG | WNOWAIT) == 0 && info_.si_pid == 0;
  }

  Result wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            read_file(folder_ / "stdout"), read_file(folder_ / "stderr")};
  }

 private:
  std::filesystem::path folder_;
  pid_t pid_;
  mutable siginfo_t info_{};
};

inline std::filesystem::path build_folder() {
  const char* folder = std::getenv("RLRUN_BUILD");
  return folder != nullptr ? std::filesystem::path(folder) : std::filesystem::current_path();
}
inline std::filesystem::path bad_plugins() {
  return build_folder() / "tests" / "bad_plugins";
}
inline std::string rlrun() {
  return build_folder() / "bin" / "rlrun";
}
inline std::string source() {
  return std::getenv("RLRUN_SOURCE");
}

/// Runs a command (the first word is searched in PATH) to its end.
inline Result run_command(const std::vector<std::string>& command,
                          const std::vector<std::string>& environment = {},
                          const std::filesystem::path& working_folder = ".") {
  const Scratch scratch;
  return Child(command, scratch.path, environment, working_folder).wait();
}

/// Runs `rlrun ARGUMENTS...` to its end.
inline Result run(std::vector<std::string> arguments,
                  const std::vector<std::string>& environment = {},
                  const std::filesystem::path& working_folder = ".") {
  arguments.insert(arguments.begin(), rlrun());
  return run_command(arguments, environment, working_folder);
}

inline void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline void sleep_ms(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

}  // namespace process
