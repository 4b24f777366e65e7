#include "plugin/child.hpp"

#include <csignal>
#include <cstdlib>

#include <catch2/catch.hpp>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlrun/error.hpp"

// In the place of the C library's. While `late` is set, a child is only found after its end: whoever
// asks whether it has ended is held up until it has.
namespace {
bool late = false;
}
extern "C" pid_t waitpid(pid_t child, int* status, int options) {
  siginfo_t info;
  if (late && (options & WNOHANG) != 0)
    waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  return static_cast<pid_t>(syscall(SYS_wait4, child, status, options, nullptr));
}

namespace {

using namespace rlrun;
using std::chrono::milliseconds;

constexpr milliseconds kLimit(5000);

std::string message_of(const std::function<json::Value()>& work, milliseconds limit = kLimit) {
  try {
    run_in_child("the work", limit, work);
  } catch (const UserError& error) {
    CHECK(error.code() == ExitCode::kPlugin);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a child's result comes back") {
  const json::Value value = json::Object{{"a", json::Array{1, 2.5, "x\n"}}, {"b", nullptr}};
  CHECK(run_in_child("the work", kLimit, [&] { return value; }) == value);
  const std::string large(1 << 20, 'x');
  CHECK(run_in_child("the work", kLimit, [&] { return json::Value(large); }) == json::Value(large));
}

TEST_CASE("an answer that arrives together with the child's end is not lost") {
  late = true;
  const std::string large(40'000, 'x');  // what a pipe holds
  const json::Value answer = run_in_child("the work", kLimit, [&] {
    usleep(150'000);  // until the parent looks whether the child has ended
    return json::Value(large);
  });
  late = false;
  CHECK(answer == json::Value(large));
}

TEST_CASE("a child's own UserError comes back as it was") {
  try {
    run_in_child("the work", kLimit,
                 []() -> json::Value { throw UserError("no such colour", ExitCode::kStore); });
    FAIL("no error");
  } catch (const UserError& error) {
    CHECK(std::string(error.what()) == "no such colour");
    CHECK(error.code() == ExitCode::kStore);
  }
}

TEST_CASE("whatever ends a child is named, with the phase it was in") {
  CHECK(message_of([]() -> json::Value { throw std::runtime_error("it rained"); }) ==
        "the work: threw it rained");
  CHECK(message_of([]() -> json::Value { throw 1; }) ==
        "the work: threw something that is no std::exception");
  CHECK(message_of([]() -> json::Value {
          set_child_phase("counting");
          std::raise(SIGKILL);
          return 1;
        }) == "the work: crashed with SIGKILL (killed) while counting");
  CHECK(message_of([]() -> json::Value { std::exit(0); }) == "the work: called exit(0)");
  CHECK(message_of([]() -> json::Value { _exit(3); }) == "the work: called exit(3)");
}

TEST_CASE("a child that hangs, or closes its pipe and hangs, is ended") {
  const auto forever = []() -> json::Value {
    for (;;) pause();
  };
  CHECK(message_of(forever, milliseconds(100)) == "the work: did not end within 0.1 s");
  const auto closes_everything = [&]() -> json::Value {
    std::signal(SIGTERM, SIG_IGN);
    for (int descriptor = 3; descriptor < 64; ++descriptor) close(descriptor);
    return forever();
  };
  CHECK(message_of(closes_everything, milliseconds(100)) == "the work: did not end within 0.1 s");
}

TEST_CASE("a grandchild that holds the pipe does not hold up the parent") {
  const auto start = std::chrono::steady_clock::now();
  CHECK(message_of([]() -> json::Value {
          if (fork() == 0) {
            for (;;) pause();
          }
          _exit(0);
        }) == "the work: called exit(0)");
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(3000));
}

TEST_CASE("a child that prints to stdout leaves the parent's answer alone") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const int saved = dup(STDOUT_FILENO);
  dup2(ends[1], STDOUT_FILENO);
  run_in_child("the work", kLimit, [] {
    static_cast<void>(!write(STDOUT_FILENO, "\n", 1));
    return json::Value(1);
  });
  dup2(saved, STDOUT_FILENO);
  close(ends[1]);
  char byte = 0;
  CHECK(read(ends[0], &byte, 1) == 0);
  close(ends[0]);
  close(saved);
}
