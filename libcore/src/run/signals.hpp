#pragma once
// The signals that stop a sweep.

#include <array>
#include <csignal>

namespace rlrun {

/// Takes over SIGINT, SIGTERM and SIGHUP, counts them, and gives them back. One at a time.
class SignalGuard {
 public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  [[nodiscard]] static int seen();
  [[nodiscard]] static int last();

 private:
  static constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, 3> old_{};
};

}  // namespace rlrun
