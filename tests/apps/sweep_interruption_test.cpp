// Sweeps that are killed, stopped, or started twice.

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rlrun/rng.hpp"

#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;

namespace {

using Clock = std::chrono::steady_clock;

const std::vector<std::string> kOptions =
    std::vector<std::string>{"--jobs", "2", "--threads", "1"} +
    process::zoo({"well_behaved", "misbehaving_envs"});

// More work than any test waits for.
const std::string kEndless = process::tiny_experiment(4, 100'000'000);

constexpr const char* kHangs =
    R"({"format": 1, "title": "hangs", "seeds": [1, 2], "envs": ["hangs_in_step"],
        "budget": {"iterations": 5}, "algorithms": [{"name": "tiny_search"}]})";

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Waits with patience for a busy machine; false if it was in vain.
template <class Condition>
bool eventually(Condition condition, double seconds = 30) {
  const Clock::time_point start = Clock::now();
  while (!condition()) {
    if (seconds_since(start) > seconds) return false;
    process::sleep_ms(5);
  }
  return true;
}

// Processes that were started with the path of this sweep and have not ended; a worker has the
// command line of the runner that forked it.
std::vector<pid_t> alive(const process::Sweep& sweep) {
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (process::read_file(entry.path() / "cmdline").find(sweep.results().string()) ==
        std::string::npos)
      continue;  // among others those that have ended: they have no command line
    found.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return found;
}

bool says(const process::Sweep& sweep, const std::string& words) {
  return process::read_file(sweep.scratch() / "stderr").find(words) != std::string::npos;
}

std::size_t events(const process::Sweep& sweep, JournalEvent::Type type) {
  std::size_t n = 0;
  for (const JournalEvent& event : Journal::read(sweep.results() / "journal"))
    n += event.type == type ? 1 : 0;
  return n;
}

// Workers run, and not only the children that look at plugins.
bool at_work(const process::Sweep& sweep, std::size_t n) {
  return events(sweep, JournalEvent::Type::kStarted) >= n && alive(sweep).size() > n;
}

}  // namespace

TEST_CASE("workers die with a sweep that is killed", "[interruption]") {
  Rng rng(7);
  for (int repetition = 0; repetition < 20; ++repetition) {
    const process::Sweep sweep(kEndless);
    process::Child child(sweep.command(kOptions), sweep.scratch());
    // Some time from the very start to the middle of the work.
    if (repetition % 4 != 0) REQUIRE(eventually([&] { return at_work(sweep, 2); }));
    process::sleep_ms(static_cast<int>(rng.below(100)));
    ::kill(child.pid(), SIGKILL);  // the parent alone
    CHECK(child.wait().code == 128 + SIGKILL);
    CHECK(eventually([&] { return alive(sweep).empty(); }, 5));
  }
}

TEST_CASE("two runners of one folder: one works, and the other names it", "[interruption]") {
  for (int repetition = 0; repetition < 20; ++repetition) {
    const process::Sweep sweep(kEndless);
    const process::Scratch outputs[2];
    process::Child one(sweep.command(kOptions), outputs[0].path);
    process::Child two(sweep.command(kOptions), outputs[1].path);
    REQUIRE(eventually([&] { return !one.running() || !two.running(); }));
    process::Child& refused = one.running() ? two : one;
    process::Child& working = one.running() ? one : two;
    const process::Result result = refused.wait();
    INFO(result.err);
    CHECK(result.code == 5);
    CHECK(result.out.empty());
    char host[256] = {};
    gethostname(host, sizeof host - 1);
    const std::string owner = "process " + std::to_string(working.pid()) + " on " + host;
    CHECK(result.err.find(owner) != std::string::npos);
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    CHECK(working.running());
    working.kill_group(SIGTERM);
    CHECK(working.wait().code == 6);
  }
}

TEST_CASE("a second signal stops a sweep at once", "[interruption]") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const process::Sweep sweep(kHangs);
    // Its workers hang in their second iteration, and never come to the end of it, where they could
    // save their state.
    process::Child child(sweep.command(kOptions + std::vector<std::string>{"--timeout", "0"}),
                         sweep.scratch());
    REQUIRE(eventually([&] { return events(sweep, JournalEvent::Type::kProgress) >= 2; }));
    ::kill(child.pid(), signal);
    process::sleep_ms(300);
    CHECK(child.running());  // it waits for its workers
    const Clock::time_point second = Clock::now();
    ::kill(child.pid(), signal);
    const process::Result result = child.wait();
    INFO(result.err);
    CHECK(result.code == 6);
    CHECK(seconds_since(second) < 15);  // and not the half minute that workers get otherwise
    CHECK(alive(sweep).empty());
    // They did not fail.
    CHECK(Store(sweep.results()).committed().empty());
    CHECK(events(sweep, JournalEvent::Type::kFailed) == 0);
    CHECK(events(sweep, JournalEvent::Type::kInterrupted) == 2);
  }
}

TEST_CASE("a sweep does not wait for ever for workers that do not stop", "[interruption]") {
  const process::Sweep sweep(kHangs);
  process::Child child(
      sweep.command(kOptions + std::vector<std::string>{"--timeout", "0", "--grace", "1",
                                                        "--checkpoint", "0"}),
      sweep.scratch());
  REQUIRE(eventually([&] { return events(sweep, JournalEvent::Type::kProgress) >= 2; }));
  ::kill(child.pid(), SIGINT);
  REQUIRE(eventually([&] { return !child.running(); }));
  const process::Result result = child.wait();
  INFO(result.err);
  CHECK(result.code == 6);
  CHECK(result.err.find("stopped by SIGINT (interrupt): 2 were cut and go on from their last "
                        "checkpoints; the same command goes on") != std::string::npos);
  CHECK(Store(sweep.results()).committed().empty());
}

TEST_CASE("whatever signal a launcher stops a sweep with, all state is saved", "[interruption]") {
  for (const auto& [signal, name] :
       std::vector<std::pair<int, std::string>>{{SIGINT, "SIGINT"},
                                                {SIGTERM, "SIGTERM"},
                                                {SIGHUP, "SIGHUP"},
                                                {SIGQUIT, "SIGQUIT"},
                                                {SIGUSR1, "SIGUSR1"},
                                                {SIGUSR2, "SIGUSR2"},
                                                {SIGXCPU, "SIGXCPU"}}) {
    const process::Sweep sweep(kEndless);
    process::Child child(sweep.command(kOptions), sweep.scratch());
    REQUIRE(eventually([&] { return events(sweep, JournalEvent::Type::kProgress) >= 2; }));
    // To all of its processes at once, as batch systems do it.
    for (const pid_t pid : alive(sweep)) ::kill(pid, signal);
    const process::Result result = child.wait();
    INFO(result.err);
    CHECK(result.code == 6);
    CHECK(result.err.find("stopped by " + name) != std::string::npos);
    CHECK(result.err.find("2 trials have saved their state, 2 were not begun; the same command "
                          "goes on") != std::string::npos);
    CHECK(events(sweep, JournalEvent::Type::kInterrupted) == 2);
    CHECK(events(sweep, JournalEvent::Type::kFailed) == 0);
  }
}

TEST_CASE("a signal that the launcher has blocked stops a sweep", "[interruption]") {
  const process::Sweep sweep(kEndless);
  const std::vector<std::string> launcher = {"env", "--block-signal=TERM,USR1"};
  process::Child child(launcher + sweep.command(kOptions), sweep.scratch());
  REQUIRE(eventually([&] { return at_work(sweep, 2); }));
  ::kill(child.pid(), SIGTERM);
  REQUIRE(eventually([&] { return !child.running(); }));
  CHECK(child.wait().code == 6);
}

TEST_CASE("a trial that somebody asks to stop saves its state, and the others go on",
          "[interruption]") {
  const process::Sweep sweep(process::tiny_experiment(1, 100'000'000));
  process::Child child(sweep.command(kOptions), sweep.scratch());
  REQUIRE(eventually([&] { return events(sweep, JournalEvent::Type::kProgress) >= 1; }));
  for (const pid_t pid : alive(sweep))
    if (pid != child.pid()) ::kill(pid, SIGTERM);
  const process::Result result = child.wait();
  INFO(result.err);
  CHECK(result.code == 6);
  CHECK(result.err.find("1 trial has saved its state") != std::string::npos);
  CHECK(events(sweep, JournalEvent::Type::kFailed) == 0);
}

TEST_CASE("a signal that comes when nothing is left to do does not matter", "[interruption]") {
  // The one trial takes some iterations more than the signal needs to arrive, and then is complete.
  const process::Sweep sweep(process::tiny_experiment(1, 3, 3'000'000));
  process::Child child(sweep.command(kOptions), sweep.scratch());
  REQUIRE(eventually([&] { return events(sweep, JournalEvent::Type::kProgress) >= 2; }));
  ::kill(child.pid(), SIGTERM);  // in the last iteration, after which there is nothing to save
  const process::Result result = child.wait();
  INFO(result.err);
  CHECK(result.code == 0);
  CHECK(result.err.find("stopped by") == std::string::npos);
}

TEST_CASE("a worker that was stopped is woken, and is no failure", "[interruption]") {
  const process::Sweep sweep(process::tiny_experiment(1, 100'000'000));
  process::Child child(sweep.command(kOptions + std::vector<std::string>{"--timeout", "1"}),
                       sweep.scratch());
  REQUIRE(eventually([&] { return events(sweep, JournalEvent::Type::kProgress) >= 1; }));
  for (const pid_t pid : alive(sweep))
    if (pid != child.pid()) ::kill(pid, SIGSTOP);
  REQUIRE(eventually([&] { return says(sweep, "is woken"); }));
  child.kill_group(SIGTERM);
  CHECK(child.wait().code == 6);
  CHECK(events(sweep, JournalEvent::Type::kFailed) == 0);
}

TEST_CASE("the time during which a sweep is suspended does not count", "[interruption]") {
  const process::Sweep sweep(kEndless);
  process::Child child(sweep.command(kOptions + std::vector<std::string>{"--timeout", "3"}),
                       sweep.scratch());
  REQUIRE(eventually([&] { return at_work(sweep, 2); }));
  const std::vector<pid_t> all = alive(sweep);
  // The sweep falls asleep after its workers and wakes before them.
  for (const pid_t pid : all)
    if (pid != child.pid()) ::kill(pid, SIGSTOP);
  process::sleep_ms(300);
  ::kill(child.pid(), SIGSTOP);
  process::sleep_ms(3500);
  ::kill(child.pid(), SIGCONT);
  process::sleep_ms(100);
  for (const pid_t pid : all) ::kill(pid, SIGCONT);
  process::sleep_ms(500);
  child.kill_group(SIGTERM);
  CHECK(child.wait().code == 6);
  CHECK(events(sweep, JournalEvent::Type::kFailed) == 0);
}

TEST_CASE("where descriptors are few, so are the trials at a time", "[interruption]") {
  const std::string experiment = process::tiny_experiment(40, 3, 2000);
  const process::Sweep enough(experiment), few(experiment);
  const std::vector<std::string> options =
      std::vector<std::string>{"--jobs", "60", "--threads", "1"} + process::zoo({"well_behaved"});
  REQUIRE(enough.run(options).code == 0);
  const std::vector<std::string> limited = {"bash", "-c", "ulimit -n 20; exec \"$0\" \"$@\""};
  const process::Result result =
      process::Child(limited + few.command(options), few.scratch()).wait();
  INFO(result.err);
  CHECK(result.code == 0);
  CHECK(result.err.find("Too many open files; from here on ") != std::string::npos);
  CHECK(few.digest() == enough.digest());
}

TEST_CASE("a sweep under nohup outlives its terminal", "[interruption]") {
  const process::Sweep sweep(kEndless);
  process::Child child(std::vector<std::string>{"nohup"} + sweep.command(kOptions),
                       sweep.scratch());
  REQUIRE(eventually([&] { return at_work(sweep, 2); }));
  ::kill(child.pid(), SIGHUP);
  process::sleep_ms(300);
  CHECK(child.running());
  CHECK_FALSE(says(sweep, "stopping"));
  ::kill(child.pid(), SIGTERM);
  CHECK(child.wait().code == 6);
}

TEST_CASE("a worker that somebody kills is a failed trial, and is tried again", "[interruption]") {
  const process::Sweep sweep(process::tiny_experiment(1, 100'000'000));
  process::Child child(sweep.command(kOptions), sweep.scratch());
  REQUIRE(eventually([&] { return at_work(sweep, 1); }));
  for (const pid_t pid : alive(sweep))
    if (pid != child.pid()) ::kill(pid, SIGKILL);
  const process::Result result = child.wait();
  INFO(result.err);
  CHECK(result.code == 1);
  CHECK(result.err.find("killed by signal 9 (Killed)") != std::string::npos);
  const Results results = read_results(sweep.results());
  REQUIRE(results.trials.size() == 1);
  CHECK(results.trials[0].cause.kind == "signal");
}
