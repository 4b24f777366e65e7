#include "run/ending.hpp"

#include <cstring>

#include <fmt/format.h>
#include <sys/wait.h>

#include "rlrun/error.hpp"

namespace rlrun {
namespace {

using Phase = LivePage::Phase;

Ending failed(std::string kind, std::string message, const WorkerReport& report) {
  return {
      .kind = Ending::Kind::kFailed,
      .cause = {
          .kind = std::move(kind), .message = std::move(message), .iteration = report.iterations}};
}

}  // namespace

Ending judge(const LastFacts& facts) {
  const WorkerReport& report = facts.report;
  if (facts.committed) return {.kind = Ending::Kind::kComplete};

  const bool quiet_end = WIFEXITED(facts.wait_status) && WEXITSTATUS(facts.wait_status) == 0;
  if (report.phase == Phase::kStopped && quiet_end && facts.checkpointed)
    return {.kind = Ending::Kind::kSaved};
  if (facts.cut && WIFSIGNALED(facts.wait_status)) return {.kind = Ending::Kind::kCut};
  if (!facts.limit.empty()) return failed("timeout", facts.limit, report);

  if (report.phase == Phase::kFailed) {
    Ending ending = failed(report.kind, report.message, report);
    const auto code = static_cast<ExitCode>(report.exit_code);
    ending.blames_store = code == ExitCode::kResources || code == ExitCode::kStore;
    return ending;
  }
  if (WIFSIGNALED(facts.wait_status)) {
    const int signal = WTERMSIG(facts.wait_status);
    return failed(
        "signal",
        fmt::format("killed by signal {} ({}) {}", signal, strsignal(signal), report.place()),
        report);
  }
  if (report.phase == Phase::kComplete || report.phase == Phase::kStopped)
    return failed("exit",
                  fmt::format("the process said that its {} was stored, but it is not there",
                              report.phase == Phase::kComplete ? "result" : "state"),
                  report);
  return failed("exit",
                fmt::format("the process called exit with code {} {}",
                            WEXITSTATUS(facts.wait_status), report.place()),
                report);
}

}  // namespace rlrun
