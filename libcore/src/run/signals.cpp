#include "run/signals.hpp"

namespace rlrun {
namespace {

volatile std::sig_atomic_t signals_seen = 0;
volatile std::sig_atomic_t last_signal = 0;

void on_signal(int signal) {
  signals_seen = signals_seen + 1;
  last_signal = signal;
}

}  // namespace

SignalGuard::SignalGuard() {
  signals_seen = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;  // without SA_RESTART: a signal ends poll
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &old_[i]);
    // What nohup or a shell without job control ignores for us stays ignored.
    if (old_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

SignalGuard::~SignalGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &old_[i], nullptr);
}

int SignalGuard::seen() {
  return static_cast<int>(signals_seen);
}

int SignalGuard::last() {
  return static_cast<int>(last_signal);
}

}  // namespace rlrun
