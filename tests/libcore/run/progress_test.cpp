// What a person sees while a sweep runs.

#include "run/progress.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "cli/columns.hpp"
#include "report/number.hpp"

using namespace rlrun;
using Catch::Contains;

TEST_CASE("the time that is left is shown at any width", "[progress]") {
  const SweepTotals totals{.trials = 12,
                           .complete = 3,
                           .failed = 1,
                           .running = 2,
                           .steps_per_second = 12345,
                           .elapsed = 200,
                           .left = 7500};
  CHECK(totals_line(totals, 120) ==
        "3/12 trials, 1 FAILED, 2 running, 12.3 k steps/s, 3 min 20 s elapsed, about 2 h 05 min "
        "left");
  for (int width = 50; width < 100; ++width) {
    const std::string line = totals_line(totals, width);
    CHECK(cli::columns(line) <= width);
    CHECK_THAT(line, Contains("1 FAILED") && Contains("about 2 h 05 min left"));
  }
}

TEST_CASE("the line of a trial fits the terminal, whole characters only", "[progress]") {
  RunningView view{.label = "algorithme/t\u00e2che/\u5b66\u7fd2\u7387=0.05/seed=1",
                   .pair = "",
                   .fraction = 0.25,
                   .wall_seconds = 1,
                   .mean_return = -1e11,
                   .iterations = 12,
                   .ticks = 0};
  for (int width = 30; width < 130; ++width) {
    const std::string line = trial_line(view, width);
    CHECK(cli::columns(line) <= width);
    CHECK(line.find('\xff') == std::string::npos);
    if (width >= 60) CHECK_THAT(line, Contains("iteration 12, return -1.000e+11"));
  }
  view.mean_return = std::nan("");
  CHECK_THAT(trial_line(view, 80), Contains("iteration 12") && !Contains("nan"));
}

TEST_CASE("numbers for people have the decimals that they need", "[progress]") {
  CHECK(number_text(1234.567) == "1234.6");
  CHECK(number_text(-3.14159) == "-3.14");
  CHECK(number_text(0.012849) == "0.0128");
  CHECK(number_text(-0.00001, 1) == "0.0");
  CHECK(number_text(-123456789012.0) == "-1.235e+11");
  CHECK(number_text(0) == "0.0");
  CHECK(number_text(std::nan("")) == "none");
  CHECK(number_text(-INFINITY, 1) == "-inf");
  CHECK(number_text(std::nan(""), 1).empty());
}
