// What the end of a worker means, case by case.

#include "run/ending.hpp"

#include <csignal>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace rlrun;

namespace {

using Kind = Ending::Kind;
using Phase = LivePage::Phase;

// As waitpid puts it.
int exited(int code) {
  return code << 8;
}
int killed_by(int signal) {
  return signal;
}

WorkerReport report(Phase phase) {
  return {.phase = phase, .iterations = 3};
}
WorkerReport failure(const char* kind, ExitCode code) {
  WorkerReport failure = report(Phase::kFailed);
  failure.kind = kind;
  failure.message = "the cause";
  failure.exit_code = static_cast<int>(code);
  return failure;
}

struct Case {
  const char* name;
  LastFacts facts;
  Kind kind;
  std::string cause = {}, words = {};
  bool blames_store = false;
};

const std::vector<Case> kCases = {
    {"a result", {report(Phase::kComplete), exited(0), true}, Kind::kComplete},
    {"a result, then a crash",
     {report(Phase::kCommitting), killed_by(SIGSEGV), true},
     Kind::kComplete},
    {"a result, and a page that says anything else",
     {failure("error", ExitCode::kStore), exited(3), true},
     Kind::kComplete},
    {"a result that came when the time was over",
     {.report = report(Phase::kComplete),
      .wait_status = killed_by(SIGKILL),
      .committed = true,
      .cut = true,
      .limit = "too long"},
     Kind::kComplete},
    {"only the word of a result",
     {report(Phase::kComplete), exited(0)},
     Kind::kFailed,
     "exit",
     "result was stored, but it is not there"},
    {"state saved", {report(Phase::kStopped), exited(0), false, true}, Kind::kSaved},
    {"only the word of it",
     {report(Phase::kStopped), exited(0)},
     Kind::kFailed,
     "exit",
     "state was stored, but it is not there"},
    {"cut, because the sweep stops",
     {.report = report(Phase::kRunning), .wait_status = killed_by(SIGKILL), .cut = true},
     Kind::kCut},
    {"failed before it could be cut",
     {.report = failure("error", ExitCode::kConfig), .wait_status = exited(0), .cut = true},
     Kind::kFailed,
     "error",
     "the cause"},
    {"too long without a step",
     {.report = report(Phase::kRunning), .wait_status = killed_by(SIGKILL), .limit = "too long"},
     Kind::kFailed,
     "timeout",
     "too long"},
    {"threw",
     {failure("error", ExitCode::kConfig), exited(0)},
     Kind::kFailed,
     "error",
     "the cause"},
    {"threw that the disk is full",
     {failure("error", ExitCode::kResources), exited(0)},
     Kind::kFailed,
     "error",
     "the cause",
     true},
    {"threw that the store is damaged",
     {failure("error", ExitCode::kStore), exited(0)},
     Kind::kFailed,
     "error",
     "the cause",
     true},
    {"killed by somebody",
     {report(Phase::kRunning), killed_by(SIGKILL)},
     Kind::kFailed,
     "signal",
     "killed by signal 9 (Killed) in iteration 3"},
    {"killed while loading",
     {report(Phase::kLoading), killed_by(SIGSEGV)},
     Kind::kFailed,
     "signal",
     "while loading"},
    {"called exit",
     {report(Phase::kRunning), exited(7)},
     Kind::kFailed,
     "exit",
     "called exit with code 7 in iteration 3"},
};

}  // namespace

TEST_CASE("the end of a worker is judged by what the parent saw itself", "[ending]") {
  for (const Case& c : kCases) {
    INFO(c.name);
    const Ending ending = judge(c.facts);
    CHECK(ending.kind == c.kind);
    CHECK(ending.cause.kind == c.cause);
    INFO(ending.cause.message);
    CHECK(ending.cause.message.find(c.words) != std::string::npos);
    CHECK(ending.blames_store == c.blames_store);
  }
}

TEST_CASE("whatever stands in a worker's page, it is read as values", "[ending]") {
  LivePage page;
  page.phase = static_cast<Phase>(-7);
  page.ticks = -1;
  page.iterations = std::numeric_limits<std::int64_t>::max();
  page.fraction = std::numeric_limits<double>::quiet_NaN();
  page.wall_seconds = std::numeric_limits<double>::infinity();
  std::fill(std::begin(page.kind), std::end(page.kind), 'k');
  std::fill(std::begin(page.message), std::end(page.message), '\x1b');
  const WorkerReport report = page.read();
  CHECK(report.phase == Phase::kRunning);
  CHECK(report.ticks == 0);
  CHECK(report.iterations == std::int64_t{1} << 53);
  CHECK(report.fraction == 0);
  CHECK(report.wall_seconds == 0);
  CHECK(report.kind == std::string(sizeof page.kind, 'k'));
  CHECK(report.message == std::string(sizeof page.message, ' '));
}
