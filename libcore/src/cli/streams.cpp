#include "cli/streams.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "json/json.hpp"

namespace rlrun::cli {
namespace {

constexpr int kPatienceMilliseconds = 1000;

}  // namespace

void open_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free number is this one. Only what stderr gets may be lost in silence: a write to
    // the others fails as it did when they were closed.
    open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
}

void say(std::string_view text) {
  static bool unread = false;  // a reader who stopped reading is waited for once
  while (!text.empty()) {
    pollfd end = {.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    const int ready = poll(&end, 1, unread ? 0 : kPatienceMilliseconds);
    if (ready < 0 && errno == EINTR) continue;
    unread = ready == 0;
    if (ready <= 0) return;
    // So much a pipe takes without waiting where poll says that it takes something.
    const ssize_t n =
        write(STDERR_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void say_line(std::string_view message) {
  say("rlrun: " + json::plain_line(message) + "\n");
}

}  // namespace rlrun::cli
