#include "store/store.hpp"

#include <algorithm>
#include <array>

#include "rlrun/error.hpp"

#include "store/file.hpp"
#include "store/results_file.hpp"
#include "store/seal.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

// What lies in a folder, sorted; nothing if the folder does not exist.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    entries.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw_system_error("cannot read folder", folder, error.value());
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace

fs::path Store::trial_path(const std::string& id) const {
  return folder_ / "trials" / (id + ".h5");
}

void Store::create() const {
  for (const char* name : {"trials", "checkpoints", "states", "logs"}) {
    std::error_code error;
    fs::create_directories(folder_ / name, error);
    if (error) throw_system_error("cannot create folder", folder_ / name, error.value());
  }
}

std::vector<std::string> Store::committed() const {
  std::vector<std::string> ids;
  // Also what is no file: that something is in the way shows when it is read.
  for (const fs::path& path : entries_of(folder_ / "trials"))
    if (path.extension() == ".h5") ids.push_back(path.stem().string());
  return ids;
}

std::string Store::damage(const std::string& id) const {
  try {
    unsealed(read_file(trial_path(id)), trial_path(id));
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

void Store::remove_leftovers() const {
  std::error_code ignored;
  for (const fs::path& folder :
       {folder_, folder_ / "trials", folder_ / "checkpoints", folder_ / "states"})
    for (const fs::path& path : entries_of(folder))
      if (is_temporary_name(path) && fs::is_regular_file(path, ignored)) fs::remove(path, ignored);
}

Store::Merged Store::merge() const {
  FolderContent content = load_folder(folder_, {.trust = Trust::kFile});
  if (!content.as_merged)
    write_file_atomically(folder_ / "results.h5", encode_results(content.merged));
  Merged merged;
  merged.news = !content.as_merged;
  for (const MergedTrial& trial : content.merged.trials)
    (trial.record.status == TrialStatus::kComplete ? merged.complete : merged.failed)
        .push_back(trial.record.id);
  std::sort(merged.complete.begin(), merged.complete.end());
  std::sort(merged.failed.begin(), merged.failed.end());
  merged.problems = std::move(content.problems);
  return merged;
}

std::string unplanned_text(std::size_t count) {
  if (count == 0) return "";
  return std::to_string(count) + (count == 1 ? " result belongs" : " results belong") +
         " to no trial of the plan";
}

}  // namespace rlrun
