#include "store/store.hpp"

#include <algorithm>
#include <array>

#include "rlrun/error.hpp"

#include "store/file.hpp"
#include "store/seal.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

// Names of what lies in a folder, sorted; none if the folder does not exist. As texts: paths are slow
// to compare.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    throw_system_error("cannot read folder", folder, error.value());
  std::sort(names.begin(), names.end());
  return names;
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
  constexpr std::string_view kEnding = ".h5";
  // Also what is no file: that something is in the way shows when it is read.
  for (const std::string& name : names_in(folder_ / "trials"))
    if (name.ends_with(kEnding) && name.size() > kEnding.size())
      ids.push_back(name.substr(0, name.size() - kEnding.size()));
  std::sort(ids.begin(), ids.end());  // a name with its ending may come in another place
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
    for (const std::string& name : names_in(folder))
      if (is_temporary_name(name) && fs::is_regular_file(folder / name, ignored))
        fs::remove(folder / name, ignored);
}

std::string unplanned_text(std::size_t count) {
  if (count == 0) return "";
  return std::to_string(count) + (count == 1 ? " result belongs" : " results belong") +
         " to no trial of the plan";
}

}  // namespace rlrun
