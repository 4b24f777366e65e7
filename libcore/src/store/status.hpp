#pragma once
// How far the trials of a folder are.

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace rlrun {

struct TrialState {
  enum class State { kComplete, kFailed, kRunning, kInterrupted, kPending, kDamaged };
  std::string id, label;
  State state = State::kPending;
  Cause cause;  ///< Of a failure.
  /// Of a complete trial whose repetition failed: why. The result is the earlier one.
  std::string failed_repetition;
  /// Of a running or interrupted trial as far as the journal knows.
  std::int64_t iterations = 0, steps = 0;
  double wall_seconds = 0;
  /// The planned end; one of the two is positive.
  std::int64_t budget_iterations = 0, budget_steps = 0;
};

inline constexpr std::array kAllStates = {
    TrialState::State::kComplete,    TrialState::State::kFailed,  TrialState::State::kRunning,
    TrialState::State::kInterrupted, TrialState::State::kPending, TrialState::State::kDamaged};
/// "complete", "failed", "running", "interrupted", "pending", "damaged".
const char* state_name(TrialState::State state);

struct FolderStatus {
  std::string title;
  std::optional<LockHolder> runner;   ///< Who works on the folder now.
  std::vector<TrialState> trials;     ///< In the plan's order.
  std::vector<std::string> problems;  ///< Damage, one line each.
  std::vector<std::string> notes;     ///< Results that other code made, or that belong to no trial
                                      ///< of the plan; one line each.
  [[nodiscard]] std::int64_t count(TrialState::State state) const;
};

/// Throws UserError (exit code 5) if there is no such folder or it holds nothing.
FolderStatus read_status(const std::filesystem::path& folder);

}  // namespace rlrun
