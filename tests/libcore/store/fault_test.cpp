// Kills and full disks at every call that changes a file. RLRUN_COMMIT_PROGRAM and
// RLRUN_FAULT_LAYER are paths that the build defines.

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "example_trials.hpp"
#include "store/store.hpp"

using namespace rlrun;
using namespace rlrun::testing;

namespace {

struct Outcome {
  int exit_code = -1;  // -1: killed
  std::vector<std::string> lines;
  std::string errors;
};

std::string read_all(int descriptor) {
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(descriptor, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  ::close(descriptor);
  return text;
}

Outcome run(const std::filesystem::path& folder, int trials, const std::string& mode, long at = 0) {
  int out[2], err[2];
  REQUIRE(::pipe(out) == 0);
  REQUIRE(::pipe(err) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    for (const int end : {out[0], out[1], err[0], err[1]}) ::close(end);
    ::setenv("LD_PRELOAD", RLRUN_FAULT_LAYER, 1);
    ::setenv("RLRUN_FAULT_MODE", mode.c_str(), 1);
    ::setenv("RLRUN_FAULT_AT", std::to_string(at).c_str(), 1);
    // The sanitizers want to be the first library, and the layer is.
    ::setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
    ::alarm(60);
    ::execl(RLRUN_COMMIT_PROGRAM, RLRUN_COMMIT_PROGRAM, folder.c_str(),
            std::to_string(trials).c_str(), nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  Outcome outcome;
  std::istringstream lines(read_all(out[0]));
  for (std::string line; std::getline(lines, line);) outcome.lines.push_back(line);
  outcome.errors = read_all(err[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) REQUIRE(WTERMSIG(status) == SIGKILL);
  return outcome;
}

// The number of calls and the digest of a run without faults.
struct Reference {
  long calls = 0;
  std::string digest;
  explicit Reference(int trials) {
    const ScratchFolder folder;
    const Outcome outcome = run(folder / "r", trials, "count");
    REQUIRE(outcome.exit_code == 0);
    REQUIRE(outcome.lines.size() == static_cast<std::size_t>(trials) + 1);
    calls = std::atol(outcome.errors.c_str());
    digest = outcome.lines.back();
    REQUIRE(calls > 15 * trials);
  }
};

void check_promises_after(const std::filesystem::path& folder, int trials, const Outcome& struck,
                          const Reference& reference) {
  // Nothing that was named as safe is lost, and no file under a final name is damaged.
  const Store store(folder);
  const std::vector<std::string> committed = store.committed();
  for (const std::string& line : struck.lines)
    if (line.substr(0, 7) != "sha256:")
      REQUIRE(std::binary_search(committed.begin(), committed.end(), line));
  for (const std::string& id : committed) REQUIRE(store.damage(id).empty());
  if (!committed.empty()) {
    const Results results = read_results(folder);
    CHECK(results.problems.empty());
    CHECK(results.trials.size() == committed.size());
  }

  // The next run does the rest, and nothing shows that there was a fault.
  const Outcome resumed = run(folder, trials, "count");
  INFO(resumed.errors);
  REQUIRE(resumed.exit_code == 0);
  REQUIRE(resumed.lines.size() == static_cast<std::size_t>(trials) - committed.size() + 1);
  REQUIRE(resumed.lines.back() == reference.digest);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    REQUIRE(entry.path().extension() != ".tmp");
  REQUIRE(std::filesystem::is_empty(folder / "checkpoints"));
}

void kill_at(int trials, long stride) {
  const Reference reference(trials);
  for (long at = 1; at <= reference.calls; at += stride) {
    INFO("call " << at << " of " << reference.calls);
    const ScratchFolder folder;
    const Outcome struck = run(folder / "r", trials, "kill", at);
    REQUIRE(struck.exit_code == -1);
    if (std::filesystem::exists(folder / "r"))
      check_promises_after(folder / "r", trials, struck, reference);
  }
}

void fill_disk_at(int trials, long stride) {
  const Reference reference(trials);
  for (long at = 1; at <= reference.calls; at += stride) {
    INFO("call " << at << " of " << reference.calls);
    const ScratchFolder folder;
    const Outcome struck = run(folder / "r", trials, "full", at);
    INFO(struck.errors);
    REQUIRE(struck.exit_code == 7);
    REQUIRE(std::count(struck.errors.begin(), struck.errors.end(), '\n') == 1);
    if (std::filesystem::exists(folder / "r"))
      check_promises_after(folder / "r", trials, struck, reference);
  }
}

}  // namespace

TEST_CASE("a kill in any write loses nothing that was committed", "[store]") {
  kill_at(5, 3);
}

TEST_CASE("a disk that fills at any write is a clean end, and the sweep goes on later", "[store]") {
  fill_disk_at(3, 1);
}

TEST_CASE("interrupted and partial writes change nothing", "[store]") {
  const Reference reference(5);
  const ScratchFolder folder;
  const Outcome outcome = run(folder / "r", 5, "slow");
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.lines.back() == reference.digest);
}

TEST_CASE("a run that is killed again and again comes to its end", "[store]") {
  const Reference reference(5);
  const ScratchFolder folder;
  Outcome outcome;
  int lives = 0;
  // Each life lasts for a few more calls than it takes to get to work.
  for (; lives < 60 && outcome.exit_code != 0; ++lives) outcome = run(folder / "r", 5, "kill", 14);
  CHECK(lives > 5);
  REQUIRE(outcome.exit_code == 0);
  CHECK(outcome.lines.back() == reference.digest);
}

TEST_CASE("twenty trials: a kill at every write", "[.slow]") {
  kill_at(20, 1);
}

TEST_CASE("twenty trials: a full disk at every write", "[.slow]") {
  fill_disk_at(20, 1);
}
