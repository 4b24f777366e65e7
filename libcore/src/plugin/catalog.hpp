#pragma once
// What plugins offer, known without loading them into this process.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rlrun/params.hpp"

#include "json/json.hpp"
#include "trial/trial.hpp"

namespace rlrun {

enum class Kind { kEnv, kWrapper, kAlgorithm, kPolicy };
inline constexpr Kind kKinds[] = {Kind::kEnv, Kind::kWrapper, Kind::kAlgorithm, Kind::kPolicy};
/// "env", "wrapper", "algorithm", "policy", as in manifests and messages.
const char* kind_name(Kind kind);

/// A plugin file as its manifest section describes it; no code of it has run.
struct PluginFile {
  std::filesystem::path path;
  std::string abi, name, version;
  std::vector<std::pair<Kind, std::string>> provides;  ///< Also of a refused file, if readable.
  std::string problem;  ///< Why it is refused, with what to do; empty if it can be loaded.
};

/// Reads the manifest section of one file. Never throws for a bad file: says so in `problem`.
PluginFile read_manifest(const std::filesystem::path& path);

/// What is known of an entry beyond its name, as read by a short-lived child process.
struct EntryInfo {
  Kind kind = Kind::kEnv;
  std::string name, summary, reference, plugin, version;
  std::filesystem::path path;  ///< Empty for what is built in (policies).
  Schema schema;
  std::string policy_kind, default_policy;  ///< Algorithms only.
};

/// All plugins of the search path. Two files that offer the same name are an error naming both when
/// that name is asked for; a file that is refused for another reason offers nothing.
class Catalog {
 public:
  /// `folders` from --plugin-path come first, then RLRUN_PLUGIN_PATH (colon-separated), then
  /// $XDG_DATA_HOME/rlrun/plugins, then the folders of this installation. Never the current folder.
  static std::vector<std::filesystem::path> search_path(
      const std::vector<std::filesystem::path>& folders);
  /// The plugins of `search_path(folders)`.
  explicit Catalog(const std::vector<std::filesystem::path>& folders);
  /// The plugins of these folders and no others.
  static Catalog of_folders(const std::vector<std::filesystem::path>& folders);

  [[nodiscard]] const std::vector<PluginFile>& files() const { return files_; }
  /// Names of a kind, sorted; built-in policies included.
  [[nodiscard]] std::vector<std::string> names(Kind kind) const;
  /// The file that provides a name; null for what is built in. Throws UserError (exit code 4) for
  /// an unknown name, with the known ones and a suggestion, and for a refused or duplicate plugin.
  [[nodiscard]] const PluginFile* find(Kind kind, const std::string& name) const;
  /// Parameters and texts of an entry. A child process loads the plugin, under a time limit; its
  /// crash or hang is a UserError (exit code 4) that names the file. Cached, also for the other
  /// entries of the file.
  const EntryInfo& info(Kind kind, const std::string& name);
  /// The facts of a task, as an object: observation, action, horizon, and what it can do besides. A
  /// child process makes one instance; errors as in `info`.
  [[nodiscard]] json::Value env_facts(const Choice& env) const;
  /// The types of tasks' actions: "box", "discrete", "multi_discrete"; "" where no instance can be
  /// made. One child process for all of them; if that fails, for each.
  [[nodiscard]] std::vector<std::string> action_types(const std::vector<Choice>& envs) const;
  /// How long a child may take; 10 s unless set.
  void set_time_limit(std::chrono::milliseconds limit) { time_limit_ = limit; }

 private:
  Catalog() = default;
  [[nodiscard]] std::vector<const PluginFile*> offering(Kind kind, const std::string& name) const;

  std::vector<PluginFile> files_;
  std::map<std::pair<Kind, std::string>, EntryInfo> infos_;
  std::chrono::milliseconds time_limit_{10'000};
};

/// The known name that is closest to a misspelt one, or "" if none is near.
std::string nearest_name(const std::string& name, const std::vector<std::string>& known);

}  // namespace rlrun
