#pragma once
// A Python that has imported what a task needs, and makes processes of it.

#include <mutex>
#include <string>
#include <vector>

#include <sys/types.h>

#include "descriptor.hpp"

namespace rlrun::gymnasium {

/// Runs serve.py. It and its tasks end with this object, and with the process, however that ends.
class Interpreter {
 public:
  /// Waits until everything is imported. Throws UserError with what is wrong and what to do: no such
  /// program, no Gymnasium, no such module or task.
  Interpreter(std::string python, const std::vector<std::string>& arguments);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  /// Makes a process that serves one task. It gets the ends of two pipes and an empty memory file.
  /// Thread-safe.
  pid_t make_task(const Descriptor& requests, const Descriptor& answers, const Descriptor& memory);
  /// How a task that has ended did so: "was ended by SIGKILL". Thread-safe.
  std::string ending_of(pid_t task);

 private:
  void start(const std::vector<std::string>& arguments);
  std::int64_t ask(char what, std::int64_t argument, const std::vector<int>& descriptors);
  std::string own_ending();

  std::string python_;
  pid_t pid_ = -1;
  Descriptor control_, watch_;
  std::mutex mutex_;
};

}  // namespace rlrun::gymnasium
