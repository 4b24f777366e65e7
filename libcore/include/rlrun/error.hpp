#pragma once
// Two kinds of error that are never mixed: the user's, which end in one clear line, and broken
// promises inside the program, which end in a bug report.

#include <stdexcept>
#include <string>

#include "rlrun/types.hpp"

namespace rlrun {

/// Process exit codes, documented in the README and tested.
enum class ExitCode : int {
  kOk = 0,           ///< All well.
  kTrialFailed = 1,  ///< Some trial failed; the rest of the sweep is complete.
  kUsage = 2,        ///< The command line is wrong.
  kConfig = 3,       ///< An input file or a value in it is wrong.
  kPlugin = 4,       ///< A plugin is missing or incompatible.
  kStore = 5,        ///< The result store is damaged or locked by another runner.
  kInterrupted = 6,  ///< Stopped by a signal, state saved.
  kResources = 7,    ///< Out of disk or memory.
};

/// A mistake in what the user gave: a file, a name, a value. The message says where it is, what it
/// is, and what would be right.
class RLRUN_API UserError : public std::runtime_error {
 public:
  explicit UserError(const std::string& message, ExitCode code = ExitCode::kConfig)
      : std::runtime_error(message), code_(code) {}
  ~UserError() override;
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// A trial cannot go on (non-finite reward, wrong size from a plugin, ...). Recorded as its
/// outcome.
class RLRUN_API TrialError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~TrialError() override;
};

[[noreturn]] RLRUN_API void check_failed(const char* expression, const char* file, int line,
                                         const std::string& detail);

}  // namespace rlrun

/// A promise of the program to itself. Never reachable from bad input.
#define RLRUN_CHECK(condition, ...)                                                         \
  do {                                                                                      \
    if (!(condition))                                                                       \
      ::rlrun::check_failed(#condition, __FILE__, __LINE__, ::std::string(__VA_ARGS__ "")); \
  } while (false)
