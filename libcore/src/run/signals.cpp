#include "run/signals.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <sys/signalfd.h>
#include <unistd.h>

#include "rlrun/error.hpp"

namespace rlrun {

SignalGuard::SignalGuard() {
  sigset_t ours;
  sigemptyset(&ours);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGXCPU}) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) sigaddset(&ours, signal);
  }
  descriptor_ = signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor_ < 0)
    throw UserError(std::string("cannot watch for signals: ") + std::strerror(errno),
                    ExitCode::kResources);
  sigprocmask(SIG_BLOCK, &ours, &before_);
}

SignalGuard::~SignalGuard() {
  while (next()) {
  }
  sigprocmask(SIG_SETMASK, &before_, nullptr);
  close(descriptor_);
}

std::optional<SignalGuard::Signal> SignalGuard::next() const {
  signalfd_siginfo info{};
  while (read(descriptor_, &info, sizeof info) != sizeof info)
    if (errno != EINTR) return std::nullopt;
  const bool from_process =
      info.ssi_code == SI_USER || info.ssi_code == SI_QUEUE || info.ssi_code == SI_TKILL;
  return Signal{static_cast<int>(info.ssi_signo),
                from_process ? static_cast<pid_t>(info.ssi_pid) : 0};
}

}  // namespace rlrun
