#pragma once
// Loads plugins into this process: only workers and short-lived children do so. The one user of
// Boost.DLL.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rlrun/registry.hpp"

#include "plugin/catalog.hpp"

namespace rlrun {

/// Entries of loaded plugins and of the built-in policies. Libraries stay loaded until the process
/// ends, because objects and code of theirs may still be in use.
class LoadedPlugins final : public Registry {
 public:
  LoadedPlugins();  ///< With the built-in policies.
  ~LoadedPlugins() override;

  /// Loads a plugin and lets it register. Checks the manifest first; throws UserError (exit code 4)
  /// that names the file if it is refused, does not load, throws, or registers what its manifest
  /// does not say. Loading the same file twice does nothing.
  void load(const PluginFile& file);

  void add(EnvEntry entry) override;
  void add(WrapperEntry entry) override;
  void add(PolicyEntry entry) override;
  void add(AlgorithmEntry entry) override;

  [[nodiscard]] const EnvEntry& env(const std::string& name) const;
  [[nodiscard]] const WrapperEntry& wrapper(const std::string& name) const;
  [[nodiscard]] const PolicyEntry& policy(const std::string& name) const;
  [[nodiscard]] const AlgorithmEntry& algorithm(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> policy_names() const;  ///< Sorted.

 private:
  void note(Kind kind, const std::string& name, bool complete);
  void forget(const std::string& path);  // what a plugin registered before it failed

  std::map<std::string, EnvEntry> envs_;
  std::map<std::string, WrapperEntry> wrappers_;
  std::map<std::string, PolicyEntry> policies_;
  std::map<std::string, AlgorithmEntry> algorithms_;
  std::map<std::pair<Kind, std::string>, std::string> origin_;  // which file registered a name
  std::vector<std::filesystem::path> loaded_;
  const PluginFile* loading_ = nullptr;
};

/// Adds gaussian_mlp, deterministic_mlp, ... of libcore/include/rlrun/policies.
void register_builtin_policies(Registry& registry);

}  // namespace rlrun
