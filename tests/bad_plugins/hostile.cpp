// Algorithms that turn against the process that they are in, or against its parent and neighbours.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "tiny.hpp"

namespace {

using namespace bad;

// Writes over every page that this process shares with another one: a number at its start, where the
// phase of a worker stands, or the same byte everywhere. Returns how many there are.
int scribble(bool everywhere, int value) {
  int pages = 0;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long from = 0, to = 0;
    if (line.find(" rw-s ") == std::string::npos || line.find("/dev/zero") == std::string::npos ||
        std::sscanf(line.c_str(), "%lx-%lx", &from, &to) != 2)
      continue;
    auto* memory = reinterpret_cast<unsigned char*>(from);
    if (everywhere)
      std::memset(memory, value, to - from);
    else
      reinterpret_cast<std::atomic<int>*>(memory)->store(value);
    pages += static_cast<int>((to - from) / 4096);
  }
  return pages;
}
constexpr int kCommitting = 2, kComplete = 3, kStopped = 4;  // phases of a worker

#define HOSTILE(Name, ...)                                                  \
  struct Name : TinyAlgorithm {                                             \
    using TinyAlgorithm::TinyAlgorithm;                                     \
    void misbehave([[maybe_unused]] Iteration& it) override { __VA_ARGS__ } \
  };

HOSTILE(
    StopsWhileCommitting, scribble(false, kCommitting); std::raise(SIGSTOP);
    for (;;) { std::raise(SIGSTOP); })
HOSTILE(ClaimsResult, scribble(false, kComplete); _exit(0);)
HOSTILE(ClaimsState, scribble(false, kStopped); _exit(0);)
HOSTILE(ScribblesOnPages,
        if (scribble(true, 0xff) > 1) throw std::runtime_error("saw the page of a neighbour");)
HOSTILE(ThrowsDiskFull, throw UserError("the disk is full, says the plugin", ExitCode::kResources);)
HOSTILE(ThrowsDamage, throw UserError("the store is damaged, says the plugin", ExitCode::kStore);)
HOSTILE(LeaksDescriptors, while (open("/dev/null", O_RDONLY) >= 0){})
HOSTILE(ForbidsFiles, const rlimit none{0, 0}; setrlimit(RLIMIT_FSIZE, &none);)
HOSTILE(StopsItself, std::raise(SIGTERM);)
// Neither hurts the trial that does it.
HOSTILE(TerminatesParent, if (it.index == params_.after) kill(getppid(), SIGTERM);)
HOSTILE(
    TerminatesParentByChild, const pid_t parent = getppid();
    if (it.index == params_.after && fork() == 0) {
      setsid();
      kill(parent, SIGINT);
      for (;;) pause();
    })
// A grandchild that has left the group and the session, and that nobody waits for.
HOSTILE(
    LeavesDaemon, if (fork() == 0) {
      setsid();
      if (fork() != 0) _exit(0);
      for (;;) pause();
    })
// A thread that takes the lock of the stream and keeps it.
HOSTILE(
    HoldsStdout, static std::atomic<bool> held{false}; if (!held) {
      std::thread([] {
        flockfile(stdout);
        held = true;
        for (;;) pause();
      }).detach();
      while (!held) std::this_thread::yield();
    })

#undef HOSTILE

void register_all(Registry& registry) {
  add_algorithm<StopsWhileCommitting>(registry, "stops_while_committing");
  add_algorithm<ClaimsResult>(registry, "claims_result");
  add_algorithm<ClaimsState>(registry, "claims_state");
  add_algorithm<ScribblesOnPages>(registry, "scribbles_on_pages");
  add_algorithm<ThrowsDiskFull>(registry, "throws_disk_full");
  add_algorithm<ThrowsDamage>(registry, "throws_damage");
  add_algorithm<LeaksDescriptors>(registry, "leaks_descriptors");
  add_algorithm<ForbidsFiles>(registry, "forbids_files");
  add_algorithm<StopsItself>(registry, "stops_itself");
  add_algorithm<TerminatesParent>(registry, "terminates_parent");
  add_algorithm<TerminatesParentByChild>(registry, "terminates_parent_by_child");
  add_algorithm<LeavesDaemon>(registry, "leaves_daemon");
  add_algorithm<HoldsStdout>(registry, "holds_stdout");
}

}  // namespace

RLRUN_PLUGIN("hostile", "1.0.0",
             "algorithm:stops_while_committing algorithm:claims_result algorithm:claims_state "
             "algorithm:scribbles_on_pages algorithm:throws_disk_full algorithm:throws_damage "
             "algorithm:leaks_descriptors algorithm:forbids_files algorithm:stops_itself "
             "algorithm:terminates_parent algorithm:terminates_parent_by_child "
             "algorithm:leaves_daemon algorithm:holds_stdout",
             register_all)
