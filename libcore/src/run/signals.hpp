#pragma once
// The signals that stop a sweep.

#include <csignal>
#include <optional>

#include <sys/types.h>

namespace rlrun {

/// Holds SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 and SIGXCPU back while it lives, to be
/// read one by one: what launchers, batch systems and terminals send when the time is over. What
/// whoever started us ignores for us (nohup) stays ignored; what he blocked is read all the same.
/// One at a time, in a process with one thread.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();  ///< Those that came and were not read are forgotten.
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  struct Signal {
    int number = 0;
    pid_t sender = 0;  ///< 0: the kernel or a terminal.
  };
  [[nodiscard]] std::optional<Signal> next() const;             ///< Without waiting.
  [[nodiscard]] int descriptor() const { return descriptor_; }  ///< Readable when one has come.

 private:
  sigset_t before_{};
  int descriptor_ = -1;
};

}  // namespace rlrun
