#pragma once
// results.h5: the trials of a folder in columns.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace rlrun {

/// Tells whether a trial file is still the one that was merged.
struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t time = 0;  ///< Of the last change, in nanoseconds.
  bool operator==(const FileStamp&) const = default;
};

struct MergedTrial {
  TrialRecord record;  ///< Without policy parameters; the episode log only when asked for.
  std::string digest;  ///< Of the trial's results proper, 64 hex digits.
  FileStamp stamp;
};

struct MergedResults {
  json::Value experiment;
  std::vector<json::Value> configs;  ///< All that are planned.
  std::vector<MergedTrial> trials;
};

std::string encode_results(const MergedResults& results);
/// None if there is no such file. Throws UserError (exit code 5) if it is damaged.
std::optional<MergedResults> read_results_file(const std::filesystem::path& path);

/// SHA-256 of what a trial computed; see `results_digest`.
std::string trial_digest(const TrialRecord& record);

/// What a folder holds, from wherever it is to be had.
struct FolderContent {
  MergedResults merged;
  std::vector<std::string> problems;
  bool as_merged = false;  ///< results.h5 holds exactly this.
};
struct LoadOptions {
  bool episodes = false;     ///< Keep episode logs.
  bool trust_merged = true;  ///< Take from results.h5 what it holds of unchanged trial files.
};
FolderContent load_folder(const std::filesystem::path& folder, const LoadOptions& options);

}  // namespace rlrun
