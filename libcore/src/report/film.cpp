#include "report/film.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "store/output.hpp"

extern char** environ;  // NOLINT: POSIX

namespace rlrun {

Film::Film(std::filesystem::path path, int width, int height, double frames_per_second)
    : path_(std::move(path)),
      temporary_(path_.string() + fmt::format(".{}.tmp", getpid())),
      width_(width),
      height_(height) {
  RLRUN_CHECK(width > 0 && height > 0 && width % 2 == 0 && height % 2 == 0);
  std::vector<std::string> command = {
      "ffmpeg", "-nostdin", "-loglevel", "error", "-y",
      // what comes in
      "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", fmt::format("{}x{}", width, height), "-r",
      fmt::format("{}", frames_per_second), "-i", "-",
      // what goes out: playable everywhere
      "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4",
      // never taken for an option, whatever its name
      "file:" + temporary_.string()};
  std::vector<char*> arguments;
  for (std::string& part : command) arguments.push_back(part.data());
  arguments.push_back(nullptr);

  // A socket and not a pipe, because it can be written to without the signal that ends us when
  // ffmpeg has ended.
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw UserError(std::string("no pipe to ffmpeg: ") + std::strerror(errno),
                    ExitCode::kResources);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  // The answer of our command goes to stdout; ffmpeg's words belong to stderr.
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  const int error = posix_spawnp(&pid_, "ffmpeg", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[0]);
  pipe_ = ends[1];
  if (error != 0) {
    pid_ = -1;
    close_pipe();
    throw UserError(
        fmt::format("films are made by the program ffmpeg, which could not be started "
                    "({}); install ffmpeg",
                    std::strerror(error)));
  }
}

Film::~Film() {
  close_pipe();
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    wait();
  }
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void Film::close_pipe() {
  if (pipe_ >= 0) close(pipe_);
  pipe_ = -1;
}

int Film::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

void Film::fail() {
  close_pipe();
  const int status = wait();
  throw UserError(fmt::format("{}: ffmpeg gave up ({} {}); its message is above", path_.string(),
                              WIFEXITED(status) ? "exit code" : "signal",
                              WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)));
}

void Film::add(const Frame& frame) {
  RLRUN_CHECK(frame.width == width_ && frame.height == height_);
  const auto* data = frame.rgb.data();
  std::size_t left = frame.rgb.size();
  while (left > 0) {
    const ssize_t sent = send(pipe_, data, left, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) fail();
    data += sent;
    left -= static_cast<std::size_t>(sent);
  }
}

void Film::finish() {
  close_pipe();
  const int status = wait();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw UserError(fmt::format("{}: ffmpeg failed; its message is above", path_.string()));
  move_to_output(temporary_, path_);
}

}  // namespace rlrun
