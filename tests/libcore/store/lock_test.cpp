#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "example_trials.hpp"
#include "store/store.hpp"

using namespace rlrun;
using namespace rlrun::testing;
using Catch::Matchers::Contains;

namespace {

double seconds_of(const std::function<void()>& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A child process that says over a pipe when it is ready.
struct Child {
  pid_t pid = -1;
  explicit Child(const std::function<void(const std::function<void()>&)>& body) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    pid = ::fork();
    if (pid == 0) {
      ::close(ends[0]);
      body([&] { static_cast<void>(!::write(ends[1], "x", 1)); });
      ::_exit(0);
    }
    ::close(ends[1]);
    char byte = 0;
    REQUIRE(::read(ends[0], &byte, 1) == 1);
    ::close(ends[0]);
  }
  void kill() const { ::kill(pid, SIGKILL); }
  void wait() const { ::waitpid(pid, nullptr, 0); }
};

void hold_for_ever(const std::filesystem::path& folder, const std::function<void()>& ready) {
  const StoreLock lock(folder);
  ready();
  for (;;) ::pause();
}

}  // namespace

TEST_CASE("a folder has one owner, and the second is told who", "[store]") {
  const ScratchFolder folder;
  CHECK_FALSE(lock_holder(folder.path()));
  const Child owner([&](const auto& ready) { hold_for_ever(folder.path(), ready); });
  const std::string pid = std::to_string(owner.pid);
  const double waited = seconds_of(
      [&] { CHECK_THROWS_WITH(StoreLock(folder.path()), Contains("process " + pid + " on ")); });
  CHECK(waited < 2);
  REQUIRE(lock_holder(folder.path()));
  CHECK(lock_holder(folder.path())->pid == owner.pid);
  try {
    const StoreLock lock(folder.path());
    FAIL("two owners");
  } catch (const UserError& error) {
    CHECK(error.code() == ExitCode::kStore);
  }
  owner.kill();
  owner.wait();
  CHECK_FALSE(lock_holder(folder.path()));
}

TEST_CASE("the lock of a killed runner is taken over at once", "[store]") {
  const ScratchFolder folder;
  for (int round = 0; round < 3; ++round) {
    const Child owner([&](const auto& ready) { hold_for_ever(folder.path(), ready); });
    owner.kill();
    owner.wait();
    CHECK(seconds_of([&] { const StoreLock lock(folder.path()); }) < 1);
  }
}

TEST_CASE("an owner that was killed but not waited for does not count as alive", "[store]") {
  const ScratchFolder folder;
  const Child owner([&](const auto& ready) { hold_for_ever(folder.path(), ready); });
  owner.kill();
  CHECK_NOTHROW(StoreLock(folder.path()));
  owner.wait();
}

TEST_CASE("a new runner waits for the dying workers of a killed one", "[store]") {
  const ScratchFolder folder;
  const Child owner([&](const auto& ready) {
    const StoreLock lock(folder.path());
    // A worker that outlives its parent by a second.
    if (::fork() == 0) {
      ::usleep(1'000'000);
      ::_exit(0);
    }
    ready();
    for (;;) ::pause();
  });
  owner.kill();
  owner.wait();
  const double waited = seconds_of([&] { const StoreLock lock(folder.path()); });
  CHECK(waited > 0.3);
  CHECK(waited < 3);
}

TEST_CASE("workers that do not die keep the folder", "[store]") {
  const ScratchFolder folder;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Child owner([&](const auto& ready) {
    const StoreLock lock(folder.path());
    if (::fork() == 0) {
      // Until the test closes its end.
      ::close(ends[1]);
      char byte = 0;
      static_cast<void>(!::read(ends[0], &byte, 1));
      ::_exit(0);
    }
    ready();
    for (;;) ::pause();
  });
  owner.kill();
  owner.wait();
  const double waited =
      seconds_of([&] { CHECK_THROWS_WITH(StoreLock(folder.path()), Contains("left behind")); });
  CHECK(waited > 2);
  CHECK(waited < 6);
  ::close(ends[1]);
  ::close(ends[0]);
  CHECK_NOTHROW(StoreLock(folder.path()));
}

TEST_CASE("the end of a worker does not free its runner's lock", "[store]") {
  const ScratchFolder folder;
  const Child owner([&](const auto& ready) {
    const StoreLock lock(folder.path());
    if (::fork() == 0) return;  // runs the destructor in the child
    ::wait(nullptr);
    ready();
    for (;;) ::pause();
  });
  CHECK_THROWS_AS(StoreLock(folder.path()), UserError);
  owner.kill();
  owner.wait();
}

TEST_CASE("records of another boot or of a reused pid do not count as alive", "[store]") {
  const ScratchFolder folder;
  std::ofstream(folder / "lock") << "host x\npid " << ::getpid()
                                 << "\nstarted 1\nboot y\nsince 1\n";
  CHECK_NOTHROW(StoreLock(folder.path()));
  std::ofstream(folder / "lock") << "nonsense";
  CHECK_NOTHROW(StoreLock(folder.path()));
}

TEST_CASE("of many that start at once exactly one gets the folder", "[store]") {
  const ScratchFolder folder;
  for (int round = 0; round < 5; ++round) {
    int start[2], stop[2];
    REQUIRE(::pipe(start) == 0);
    REQUIRE(::pipe(stop) == 0);
    std::vector<pid_t> children;
    int verdict[2];
    REQUIRE(::pipe(verdict) == 0);
    for (int i = 0; i < 4; ++i) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        ::close(start[1]);
        ::close(stop[1]);
        char byte = 0;
        static_cast<void>(!::read(start[0], &byte, 1));  // all together
        try {
          const StoreLock lock(folder.path());
          static_cast<void>(!::write(verdict[1], "1", 1));
          static_cast<void>(!::read(stop[0], &byte, 1));
        } catch (const UserError&) {
          static_cast<void>(!::write(verdict[1], "0", 1));
        }
        ::_exit(0);
      }
      children.push_back(pid);
    }
    ::close(start[1]);
    int owners = 0;
    for (int i = 0; i < 4; ++i) {
      char byte = 0;
      REQUIRE(::read(verdict[0], &byte, 1) == 1);
      owners += byte == '1' ? 1 : 0;
    }
    CHECK(owners == 1);
    ::close(stop[1]);
    for (const pid_t pid : children) ::waitpid(pid, nullptr, 0);
    for (const int end : {start[0], stop[0], verdict[0], verdict[1]}) ::close(end);
  }
}

TEST_CASE("what lies in the place of the lock file is left as it is", "[store]") {
  const ScratchFolder folder;
  std::ofstream(folder / "precious") << "precious";
  std::filesystem::create_symlink(folder / "precious", folder / "lock");
  CHECK_THROWS_WITH(StoreLock(folder.path()), Contains((folder / "lock").string()));
  CHECK_FALSE(lock_holder(folder.path()));
  std::string content;
  std::ifstream(folder / "precious") >> content;
  CHECK(content == "precious");
  std::filesystem::remove(folder / "lock");
  REQUIRE(::mkfifo((folder / "lock").c_str(), 0600) == 0);
  CHECK_FALSE(lock_holder(folder.path()));  // without waiting for somebody at the other end
  CHECK_THROWS_WITH(StoreLock(folder.path()), Contains((folder / "lock").string()));
}

TEST_CASE("the removal of the lock file lets nobody in", "[store]") {
  const ScratchFolder folder;
  const Child owner([&](const auto& ready) { hold_for_ever(folder.path(), ready); });
  std::filesystem::remove(folder / "lock");
  CHECK(lock_holder(folder.path()));
  CHECK_THROWS_WITH(StoreLock(folder.path()), Contains("in use"));
  owner.kill();
  owner.wait();
  CHECK_NOTHROW(StoreLock(folder.path()));
}
