#pragma once
// Curves of trials that have no complete result.

#include <filesystem>
#include <vector>

#include "store/store.hpp"

namespace rlrun {

/// Trials of `planned` that have a checkpoint and no record in `ended`. Checkpoints that cannot be
/// read are none.
std::vector<UnfinishedTrial> read_unfinished(const std::filesystem::path& folder,
                                             const std::vector<json::Value>& planned,
                                             const std::vector<TrialRecord>& ended);

/// For a worker whose trial has failed: leaves its curves and evaluations for `last_curves`, and
/// does without if it cannot.
void leave_curves(const std::filesystem::path& folder, const TrialRecord& record) noexcept;
/// Fills the curves and evaluations of a failed trial: what its worker left, or what its last
/// checkpoint says if that is all. What was left is removed.
void last_curves(const std::filesystem::path& folder, TrialRecord& record);

}  // namespace rlrun
