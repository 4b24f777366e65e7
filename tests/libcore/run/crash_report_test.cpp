#include "run/crash_report.hpp"

#include <csignal>
#include <cstring>
#include <functional>
#include <stdexcept>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>

#include "run/function_name.hpp"
#include "run/trial_log.hpp"
#include "support/process.hpp"

using namespace rlrun;

namespace {

int* volatile nowhere = nullptr;

[[gnu::noinline]] void writes_nowhere() {
  *nowhere = 1;
}
[[gnu::noinline]] int overflows_the_stack(int depth) {
  if (depth < 0) return 0;  // never
  volatile char page[4096] = {};
  page[0] = static_cast<char>(depth);
  return overflows_the_stack(depth + 1) + page[0];
}
[[gnu::noinline]] void throws_for_nobody() {
  throw std::runtime_error("nobody listens");
}

struct Crash {
  int signal = 0;
  std::string log, last_words;
};

// What a process leaves that prints a line and then does something.
Crash crash_of(const std::function<void()>& work) {
  const process::Scratch scratch;
  std::filesystem::create_directory(scratch.path / "logs");
  const TrialLog log(scratch.path, "trial");
  const std::filesystem::path file = scratch.path / "logs" / "trial.log";
  const pid_t child = fork();
  if (child == 0) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS})
      std::signal(signal, SIG_DFL);
    dup2(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), STDERR_FILENO);
    std::fputs("a line before\n", stderr);
    report_crashes();
    std::set_terminate(std::abort);
    work();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFSIGNALED(status) ? WTERMSIG(status) : 0, process::read_file(file), log.last_words()};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a crash names its function and ends by its signal", "[crash_report]") {
  const Crash crash = crash_of(writes_nowhere);
  INFO(crash.log);
  CHECK(crash.signal == SIGSEGV);
  CHECK(contains(crash.log, "\ncrash: signal 11; the calls that led to it"));
  const std::size_t first = crash.log.find("crash: #0 ");
  REQUIRE(first != std::string::npos);
  CHECK(contains(crash.log.substr(first, crash.log.find('\n', first) - first), "writes_nowhere"));
  CHECK(contains(crash.log, "crash: addr2line -Cfipe "));
}

TEST_CASE("a report adds nothing to the last words", "[crash_report]") {
  CHECK(crash_of(writes_nowhere).last_words == "a line before");
}

TEST_CASE("an overflowed stack and an uncaught exception are reported", "[crash_report]") {
  const Crash overflow = crash_of([] { overflows_the_stack(0); });
  CHECK(overflow.signal == SIGSEGV);
  CHECK(contains(overflow.log, "overflows_the_stack"));
  const Crash thrown = crash_of([] { std::thread(throws_for_nobody).join(); });
  CHECK(thrown.signal == SIGABRT);
  CHECK(contains(thrown.log, "throws_for_nobody"));
}

TEST_CASE("a file that is no library has no names", "[crash_report]") {
  const process::Scratch scratch;
  char name[64] = "before";
  for (const std::string& content : {std::string(), std::string("\177ELF\2"), std::string(64, 'x'),
                                     "\177ELF\2" + std::string(500, '\xff')}) {
    process::write(scratch.path / "file", content);
    find_function_name((scratch.path / "file").c_str(), 16, name, sizeof name);
    CHECK(std::string(name).empty());
  }
  find_function_name((scratch.path / "none").c_str(), 16, name, sizeof name);
  CHECK(std::string(name).empty());
}
