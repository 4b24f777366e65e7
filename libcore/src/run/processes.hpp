#pragma once
// What the kernel says about processes.

#include <optional>
#include <vector>

#include <sys/types.h>

namespace rlrun {

struct ProcessFacts {
  char state = '?';  ///< As in ps: R, S, D, T (stopped), Z (ended).
  pid_t parent = 0;
};
/// None if there is no such process.
std::optional<ProcessFacts> process_facts(pid_t pid);

/// Processes whose parents have left them behind. While it lives, those of our children come to us
/// instead of to init, even when they have left their process group. One at a time.
class Orphans {
 public:
  Orphans();
  ~Orphans();
  Orphans(const Orphans&) = delete;
  Orphans& operator=(const Orphans&) = delete;
  /// Ends all our children but these and those that we had when this was made. Returns which.
  std::vector<pid_t> end(const std::vector<pid_t>& except) const;
  /// The child of ours that a process is or descends from; 0 if there is none, or if we had that one
  /// when this was made.
  [[nodiscard]] pid_t child_above(pid_t pid) const;

 private:
  std::vector<pid_t> before_;
};

}  // namespace rlrun
