// How long a worker may stand still, counted in looks and not by a clock.

#include "run/watchdog.hpp"

#include <catch2/catch.hpp>

using namespace rlrun;

namespace {

using Phase = LivePage::Phase;
using Verdict = Watchdog::Verdict;

struct Watched {
  Watchdog dog;
  WorkerReport report{.phase = Phase::kRunning, .ticks = 1};
  bool stopped = false;

  // Looks once a second for so long, and returns the first verdict that is not fine.
  Verdict wait(int seconds, double limit = 10) {
    for (int i = 0; i < seconds; ++i)
      if (const Verdict verdict = dog.look(report, 1, limit, [&] { return stopped; });
          verdict != Verdict::kFine)
        return verdict;
    return Verdict::kFine;
  }
};

}  // namespace

TEST_CASE("a worker that stands still longer than the limit hangs", "[watchdog]") {
  Watched watched;
  CHECK(watched.wait(11) == Verdict::kFine);  // the first look only learns where it is
  CHECK(watched.wait(1) == Verdict::kHangs);
}

TEST_CASE("any step begins the time anew", "[watchdog]") {
  Watched watched;
  for (int i = 0; i < 5; ++i) {
    CHECK(watched.wait(11) == Verdict::kFine);
    ++watched.report.ticks;
  }
  CHECK(watched.wait(11) == Verdict::kFine);
  ++watched.report.iterations;
  CHECK(watched.wait(11) == Verdict::kFine);
  CHECK(watched.wait(1) == Verdict::kHangs);
}

TEST_CASE("without a limit nothing hangs", "[watchdog]") {
  Watched watched;
  CHECK(watched.wait(100'000, 0) == Verdict::kFine);
}

TEST_CASE("storing a result may take ten times as long, and no longer", "[watchdog]") {
  Watched watched;
  CHECK(watched.wait(5) == Verdict::kFine);
  watched.report.phase = Phase::kCommitting;
  CHECK(watched.wait(101) == Verdict::kFine);
  CHECK(watched.wait(1) == Verdict::kHangs);
}

TEST_CASE("a worker that was stopped is woken once before it hangs", "[watchdog]") {
  Watched watched;
  watched.stopped = true;
  CHECK(watched.wait(12) == Verdict::kAsleep);
  SECTION("and goes on") {
    watched.stopped = false;
    ++watched.report.ticks;
    CHECK(watched.wait(11) == Verdict::kFine);
  }
  SECTION("and is stopped again") {
    CHECK(watched.wait(10) == Verdict::kFine);
    CHECK(watched.wait(1) == Verdict::kHangs);
  }
}
