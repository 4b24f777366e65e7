#include "run/processes.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace rlrun {
namespace {

std::vector<pid_t> children() {
  const std::string self = std::to_string(getpid());
  std::ifstream file("/proc/" + self + "/task/" + self + "/children");
  std::vector<pid_t> pids;
  for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
  return pids;
}

bool contains(const std::vector<pid_t>& pids, pid_t pid) {
  return std::find(pids.begin(), pids.end(), pid) != pids.end();
}

}  // namespace

std::optional<ProcessFacts> process_facts(pid_t pid) {
  // Field 2, the name, may contain anything but ends at the last parenthesis.
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  ProcessFacts facts;
  if (!(fields >> facts.state >> facts.parent)) return std::nullopt;
  return facts;
}

Orphans::Orphans() : before_(children()) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Orphans::~Orphans() {
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

std::vector<pid_t> Orphans::end(const std::vector<pid_t>& except) const {
  std::vector<pid_t> ended;
  // The children of those that end here come to us in their turn.
  for (bool found = true; found;) {
    found = false;
    for (const pid_t pid : children()) {
      if (contains(before_, pid) || contains(except, pid)) continue;
      if (::kill(pid, SIGKILL) != 0) continue;
      while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      ended.push_back(pid);
      found = true;
    }
  }
  return ended;
}

pid_t Orphans::child_above(pid_t pid) const {
  const pid_t self = getpid();
  while (pid > 1) {
    const std::optional<ProcessFacts> facts = process_facts(pid);
    if (!facts) return 0;
    if (facts->parent == self) return contains(before_, pid) ? 0 : pid;
    pid = facts->parent;
  }
  return 0;
}

}  // namespace rlrun
