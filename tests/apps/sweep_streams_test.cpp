// Sweeps whose standard streams are closed, full, gone, or not read. Their results are the same.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sweep.hpp"

using process::operator+;

namespace {

const std::string kExperiment =
    R"({"format": 1, "title": "streams", "seeds": [1, 2, 3], "envs": ["tiny", "throws_in_step"],
        "budget": {"iterations": 4}, "algorithms": [{"name": "tiny_search"}]})";
const std::vector<std::string> kOptions =
    std::vector<std::string>{"--jobs", "2", "--threads", "1"} +
    process::zoo({"well_behaved", "misbehaving_envs"});

const std::string& reference() {
  static const std::string digest = [] {
    const process::Sweep sweep(kExperiment);
    REQUIRE(sweep.run(kOptions).code == 1);
    return sweep.digest();
  }();
  return digest;
}

// `rlrun sweep ...`, not quiet, with a shell's redirections.
process::Result redirected(const process::Sweep& sweep, const std::string& redirection) {
  std::vector<std::string> command = {"bash", "-c", "\"$0\" \"$@\" " + redirection};
  for (const std::string& word : sweep.command(kOptions))
    if (word != "--quiet") command.push_back(word);
  return process::Child(command, sweep.scratch()).wait();
}

}  // namespace

TEST_CASE("no state of the standard streams stops a sweep or changes its results", "[streams]") {
  for (const char* redirection :
       {"2>/dev/full", "2>&-", "<&- >&- 2>&-", ">&-", "<&-", "2>&1 | true; exit ${PIPESTATUS[0]}",
        "2>&1 | head -1; exit ${PIPESTATUS[0]}",
        // A reader who does not read, and a pipe that is full from the start.
        "2> >(trap '' PIPE; exec sleep 2)"}) {
    INFO(redirection);
    const process::Sweep sweep(kExperiment);
    const process::Result result = redirected(sweep, redirection);
    INFO(result.err);
    CHECK(result.code == 1);
    CHECK(sweep.digest() == reference());
    // What was meant for people went into none of our files.
    for (const char* file : {"lock", "journal"})
      CHECK(process::read_file(sweep.results() / file).find("trials complete") ==
            std::string::npos);
    CHECK(process::run({"status", sweep.results().string()}).code == 0);
  }
}

TEST_CASE("a pipe that nobody reads does not hold a sweep up", "[streams]") {
  const process::Sweep sweep(kExperiment);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  REQUIRE(fcntl(ends[1], F_SETPIPE_SZ, 4096) >= 4096);
  REQUIRE(write(ends[1], std::string(4096, 'x').data(), 4096) == 4096);
  const std::string full = "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(ends[1]);
  const process::Result result = redirected(sweep, "2>" + full);
  CHECK(result.code == 1);
  CHECK(sweep.digest() == reference());
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a terminal that is closed does not stop a sweep", "[streams]") {
  const process::Sweep sweep(kExperiment);
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(terminal >= 0);
  REQUIRE(grantpt(terminal) == 0);
  REQUIRE(unlockpt(terminal) == 0);
  // Held open by the shell, which begins the sweep when the terminal is gone.
  const std::string name = ptsname(terminal);
  std::vector<std::string> command = {"bash", "-c",
                                      "exec 2>" + name +
                                          "; touch ready; while [ -e ready ]; do sleep 0.01; done; "
                                          "TERM=xterm exec \"$0\" \"$@\""};
  for (const std::string& word : sweep.command(kOptions))
    if (word != "--quiet") command.push_back(word);
  process::Child child(command, sweep.scratch(), {}, sweep.scratch());
  while (!std::filesystem::exists(sweep.scratch() / "ready")) process::sleep_ms(5);
  close(terminal);
  std::filesystem::remove(sweep.scratch() / "ready");
  CHECK(child.wait().code == 1);
  CHECK(sweep.digest() == reference());
}
