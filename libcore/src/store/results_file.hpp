#pragma once
// results.h5: the trials of a folder in columns.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"

namespace rlrun {

/// Tells whether a trial file is still the one that was merged. Times in nanoseconds.
struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t time = 0;     ///< Of the last change of the content.
  std::int64_t changed = 0;  ///< Of the inode: nobody can set it back, and a copy has another.
  bool operator==(const FileStamp&) const = default;
  [[nodiscard]] bool same_content(const FileStamp& other) const {
    return bytes == other.bytes && time == other.time;
  }
};

struct MergedTrial {
  TrialRecord record;  ///< Without policy parameters; the episode log only when asked for.
  std::string digest;  ///< Of the trial's results proper, 64 hex digits.
  FileStamp stamp;
};

struct MergedResults {
  json::Value experiment;
  std::vector<json::Value> configs;  ///< All that are planned.
  std::string plan;                  ///< Hash of experiment.json; "" if there was none.
  std::vector<MergedTrial> trials;
};

std::string encode_results(const MergedResults& results);
/// None if there is no such file. Throws UserError (exit code 5) if it is damaged. `curves`: see
/// `ReadOptions`. Leaves out what the plan of this hash says as well: configurations.
std::optional<MergedResults> read_results_file(const std::filesystem::path& path, bool curves,
                                               const std::string& plan);

/// SHA-256 of what a trial computed; see `results_digest`.
std::string trial_digest(const TrialRecord& record);

/// What a folder holds, from wherever it is to be had.
struct FolderContent {
  MergedResults merged;
  std::vector<std::string> problems;
  std::vector<std::string> unplanned;  ///< Ids of committed trials that the plan does not list.
  bool as_merged = false;              ///< results.h5 holds exactly this.
};
/// When results.h5 is taken for a trial file.
enum class Trust {
  kContent,  ///< Where size and time of the content are as they were.
  kFile,     ///< Where the file itself was not touched either.
  kNothing,  ///< Never: every file is read.
};
struct LoadOptions {
  bool episodes = false;  ///< Keep episode logs.
  bool curves = true;     ///< Keep curves, metrics, evaluations, and times in provenances.
  Trust trust = Trust::kContent;
};
FolderContent load_folder(const std::filesystem::path& folder, const LoadOptions& options);

}  // namespace rlrun
