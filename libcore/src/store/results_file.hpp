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

/// The file that a trial was read from.
struct MergedFile {
  std::string digest;  ///< Of the trial's results proper, 64 hex digits.
  FileStamp stamp;
};

struct MergedResults {
  json::Value experiment;
  std::vector<json::Value> configs;  ///< All that are planned.
  std::string plan;                  ///< Hash of experiment.json; "" if there was none.
  bool current = true;               ///< Has all that this program would write.
  std::vector<TrialRecord> records;  ///< Without policy parameters; the episode log only when asked
                                     ///< for.
  std::vector<MergedFile> files;     ///< Of the same trials.
};

std::string encode_results(const MergedResults& results);
/// None if there is no such file. Throws UserError (exit code 5) if it is damaged. `curves`: see
/// `ReadOptions`; files that lack what stands for them are read with curves. Leaves out what the plan
/// of this hash says as well: configurations.
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
enum class KeepCurves {
  kNever,
  kUnlessMerged,  ///< If results.h5 has to be written; configurations likewise.
  kAlways,
};
struct LoadOptions {
  bool episodes = false;                    ///< Keep episode logs.
  KeepCurves curves = KeepCurves::kAlways;  ///< And metrics, evaluations, times in provenances.
  Trust trust = Trust::kContent;
};
FolderContent load_folder(const std::filesystem::path& folder, const LoadOptions& options);

}  // namespace rlrun
