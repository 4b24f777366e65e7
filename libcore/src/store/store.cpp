#include "store/store.hpp"

#include <algorithm>
#include <array>

#include "rlrun/error.hpp"

#include "experiment/trial.hpp"
#include "store/file.hpp"
#include "store/results_file.hpp"
#include "store/seal.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPlanFormat = "rlrun-plan";
constexpr std::int64_t kPlanVersion = 1;
constexpr std::size_t kMostPlanBytes = std::size_t{64} << 20;  // what json::parse takes

// Files of a folder; none if the folder does not exist.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) files.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw_system_error("cannot read folder", folder, error.value());
  std::sort(files.begin(), files.end());
  return files;
}

const json::Value& member(const json::Value& value, const char* key, const std::string& file) {
  const json::Value* found = value.find(key);
  if (found == nullptr) throw UserError(file + ": '" + key + "' is missing", ExitCode::kStore);
  return *found;
}

}  // namespace

fs::path Store::trial_path(const std::string& id) const {
  return folder_ / "trials" / (id + ".h5");
}

void Store::create() const {
  for (const char* name : {"trials", "checkpoints", "logs"}) {
    std::error_code error;
    fs::create_directories(folder_ / name, error);
    if (error) throw_system_error("cannot create folder", folder_ / name, error.value());
  }
}

void Store::write_plan(const json::Value& experiment,
                       const std::vector<json::Value>& configs) const {
  // One line for each trial: an object that people can search and compare.
  std::string text = "{\n\"rlrun_format\": " + json::quote(kPlanFormat) +
                     ",\n\"rlrun_format_version\": " + std::to_string(kPlanVersion) +
                     ",\n\"experiment\": " + json::pretty(experiment) + ",\n\"trials\": [";
  const char* separator = "\n";
  for (const json::Value& config : configs) {
    text += separator + ("{\"id\": " + json::quote(Trial::from_config(config).id())) +
            ", \"config\": " + json::canonical(config) + "}";
    separator = ",\n";
  }
  text += "\n]\n}\n";
  const fs::path path = folder_ / "experiment.json";
  if (text.size() > kMostPlanBytes)
    throw UserError(path.string() + ": " + std::to_string(configs.size()) +
                    " trials are too many for one experiment; divide it");
  std::error_code ignored;
  if (fs::exists(path, ignored) && read_file(path) == text) return;
  write_file_atomically(path, text);
}

std::optional<Store::Plan> Store::read_plan() const {
  const fs::path path = folder_ / "experiment.json";
  const std::string file = path.string();
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  json::Value value;
  try {
    value = json::parse(read_file(path), file);
  } catch (const UserError& error) {
    throw UserError(error.what(), ExitCode::kStore);
  }
  const json::Value* format = value.find("rlrun_format");
  if (format == nullptr || *format != json::Value(kPlanFormat))
    throw UserError(file + ": is no plan written by rlrun", ExitCode::kStore);
  const std::int64_t* version = member(value, "rlrun_format_version", file).if_int();
  if (version == nullptr || *version > kPlanVersion)
    throw UserError(file + ": was written by a newer rlrun", ExitCode::kStore);
  Plan plan;
  plan.experiment = member(value, "experiment", file);
  const json::Array* trials = member(value, "trials", file).if_array();
  if (trials == nullptr) throw UserError(file + ": 'trials' is no list", ExitCode::kStore);
  for (const json::Value& trial : *trials) {
    const std::string* id = member(trial, "id", file).if_string();
    if (id == nullptr) throw UserError(file + ": 'id' is no text", ExitCode::kStore);
    plan.ids.push_back(*id);
    plan.configs.push_back(member(trial, "config", file));
  }
  return plan;
}

std::vector<std::string> Store::committed() const {
  std::vector<std::string> ids;
  for (const fs::path& path : files_in(folder_ / "trials"))
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
  for (const fs::path& folder : {folder_, folder_ / "trials", folder_ / "checkpoints"})
    for (const fs::path& path : files_in(folder))
      if (is_temporary_name(path)) fs::remove(path, ignored);
  // A kill between the commit of a trial and the removal of its checkpoints. Those that are newer
  // than the result belong to its repetition.
  for (const fs::path& path : files_in(folder_ / "checkpoints")) {
    const fs::path trial = trial_path(path.stem().string());
    try {
      if (fs::exists(trial, ignored) &&
          fs::last_write_time(path, ignored) <= fs::last_write_time(trial, ignored) &&
          read_trial(trial).status == TrialStatus::kComplete)
        fs::remove(path, ignored);
    } catch (const UserError&) {
      // Damaged: the trial runs again and can use the checkpoint.
    }
  }
}

std::vector<std::string> Store::merge() const {
  FolderContent content = load_folder(folder_, {});
  if (!content.as_merged)
    write_file_atomically(folder_ / "results.h5", encode_results(content.merged));
  return content.problems;
}

}  // namespace rlrun
