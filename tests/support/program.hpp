#pragma once
// Runs the rlrun program of this build from outside.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace support {

namespace fs = std::filesystem;

inline fs::path build_folder() {
  const char* folder = std::getenv("RLRUN_BUILD");
  return folder != nullptr ? folder : fs::current_path();
}
inline fs::path program() {
  return build_folder() / "bin" / "rlrun";
}
inline fs::path bad_plugins() {
  return build_folder() / "tests" / "bad_plugins";
}

/// A folder of its own for a test; removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "rlrun-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

inline std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Outcome {
  int code = -1;  ///< The exit code, or 128 + the signal.
  std::string out, err;
};

/// Runs a command (the first word is searched in PATH) in `folder` with additional environment.
inline Outcome run_command(std::vector<std::string> words, const fs::path& folder = ".",
                           const std::map<std::string, std::string>& environment = {}) {
  const TemporaryFolder temporary;
  const std::string out = temporary.path() / "out", err = temporary.path() / "err";
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    if (chdir(folder.c_str()) != 0) _exit(126);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_text(out),
          read_text(err)};
}

/// Runs rlrun with these arguments.
inline Outcome rlrun(std::vector<std::string> arguments, const fs::path& folder = ".",
                     const std::map<std::string, std::string>& environment = {}) {
  arguments.insert(arguments.begin(), program().string());
  return run_command(std::move(arguments), folder, environment);
}

}  // namespace support
