#include "store/unfinished.hpp"

#include <algorithm>
#include <exception>
#include <set>
#include <string>
#include <unordered_set>

#include "trial/trial.hpp"

namespace rlrun {

namespace {

namespace fs = std::filesystem;

CheckpointFile checkpoint_of(const fs::path& folder, const std::string& id) {
  return {folder / "checkpoints", id, ""};
}

// What a failed worker leaves has the form of a checkpoint and is none.
CheckpointFile left_by(const fs::path& folder, const std::string& id) {
  return checkpoint_of(folder, id + ".failed");
}

// Of what a checkpoint holds, what reports show; in the order in which it was written.
void curves_state(Archive& archive, TrialRecord& record) {
  record.curves.state(archive);
  if (Trial::from_config(record.config).evaluation.every > 0) record.evaluations.state(archive);
}

bool read_curves(const CheckpointFile& file, TrialRecord& record) {
  TrialRecord read;
  read.config = record.config;
  try {
    if (!file.peek([&](Archive& archive) { curves_state(archive, read); })) return false;
  } catch (const std::exception&) {
    return false;  // of a build that wrote something else
  }
  if (read.curves.size() < record.curves.size()) return false;
  record.curves = std::move(read.curves);
  record.evaluations = std::move(read.evaluations);
  return true;
}

double progress_of(const Trial& trial, const Curves& curves) {
  if (curves.size() == 0) return 0;
  const double share = trial.budget.steps > 0
                           ? static_cast<double>(curves.steps.back()) / double(trial.budget.steps)
                           : static_cast<double>(curves.size()) / double(trial.budget.iterations);
  return std::min(share, 1.0);
}

// Ids of which there is a checkpoint.
std::set<std::string> checkpointed(const fs::path& folder) {
  std::set<std::string> ids;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / "checkpoints", ignored)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".a" || path.extension() == ".b") ids.insert(path.stem().string());
  }
  return ids;
}

}  // namespace

std::vector<UnfinishedTrial> read_unfinished(const fs::path& folder,
                                             const std::vector<json::Value>& planned,
                                             const std::vector<TrialRecord>& ended) {
  std::vector<UnfinishedTrial> unfinished;
  const std::set<std::string> ids = checkpointed(folder);
  if (ids.empty()) return unfinished;
  std::unordered_set<std::string> done;
  for (const TrialRecord& record : ended) done.insert(record.id);
  std::vector<Trial> trials;
  trials.reserve(planned.size());
  for (const json::Value& config : planned) trials.push_back(Trial::from_config(config));
  std::vector<std::string> planned_ids = ids_of(trials);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    UnfinishedTrial found;
    found.record.id = std::move(planned_ids[i]);
    if (!ids.contains(found.record.id) || done.contains(found.record.id)) continue;
    found.record.label = trial.label();
    found.record.config = planned[i];
    if (!read_curves(checkpoint_of(folder, found.record.id), found.record)) continue;
    found.progress = progress_of(trial, found.record.curves);
    unfinished.push_back(std::move(found));
  }
  return unfinished;
}

void leave_curves(const fs::path& folder, const TrialRecord& record) noexcept {
  try {
    TrialRecord left;
    left.config = record.config;
    left.curves = record.curves;
    left.evaluations = record.evaluations;
    CheckpointFile file = left_by(folder, record.id);
    file.remove();
    file.write([&](Archive& archive) { curves_state(archive, left); });
  } catch (...) {
    // The failure itself matters more.
  }
}

void last_curves(const fs::path& folder, TrialRecord& record) {
  read_curves(checkpoint_of(folder, record.id), record);
  CheckpointFile left = left_by(folder, record.id);
  read_curves(left, record);
  left.remove();
}

}  // namespace rlrun
