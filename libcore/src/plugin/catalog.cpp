#include "plugin/catalog.hpp"

#include <algorithm>
#include <set>

#include "rlrun/error.hpp"

#include "plugin/child.hpp"
#include "plugin/inspect.hpp"
#include "plugin/loader.hpp"
#include "plugin/make_env.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

UserError plugin_error(const std::string& message) {
  return UserError(message, ExitCode::kPlugin);
}

std::string quoted(Kind kind, const std::string& name) {
  return std::string(kind_name(kind)) + " '" + name + "'";
}

/// What is registered without any plugin.
const LoadedPlugins& builtins() {
  static const LoadedPlugins plugins;
  return plugins;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace

Catalog::Catalog(const std::vector<fs::path>& folders)
    : Catalog(of_folders(search_path(folders))) {}

Catalog Catalog::of_folders(const std::vector<fs::path>& folders) {
  Catalog catalog;
  std::set<fs::path> seen;
  for (const fs::path& folder : folders) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error))
      if (i->path().extension() == ".so") found.push_back(i->path());
    std::sort(found.begin(), found.end());  // folders list their files in any order
    for (const fs::path& path : found) {
      const fs::path real = fs::weakly_canonical(path, error);
      if (seen.insert(error ? path : real).second) catalog.files_.push_back(read_manifest(path));
    }
  }
  return catalog;
}

std::vector<std::string> Catalog::names(Kind kind) const {
  std::set<std::string> names;
  if (kind == Kind::kPolicy)
    for (const std::string& name : builtins().policy_names()) names.insert(name);
  for (const PluginFile& file : files_)
    if (file.problem.empty())
      for (const auto& [provided, name] : file.provides)
        if (provided == kind) names.insert(name);
  return {names.begin(), names.end()};
}

std::vector<const PluginFile*> Catalog::offering(Kind kind, const std::string& name) const {
  const std::pair<Kind, std::string> wanted(kind, name);
  std::vector<const PluginFile*> result;
  for (const PluginFile& file : files_)
    if (std::find(file.provides.begin(), file.provides.end(), wanted) != file.provides.end())
      result.push_back(&file);
  return result;
}

const PluginFile* Catalog::find(Kind kind, const std::string& name) const {
  const PluginFile* refused = nullptr;
  std::vector<std::string> origins;
  if (kind == Kind::kPolicy)
    for (const std::string& known : builtins().policy_names())
      if (known == name) origins.emplace_back("rlrun itself");
  const bool built_in = !origins.empty();
  const PluginFile* found = nullptr;
  for (const PluginFile* file : offering(kind, name)) {
    if (file->problem.empty()) {
      found = file;
      origins.push_back(file->path.string());
    } else {
      refused = file;
    }
  }
  if (origins.size() > 1)
    throw plugin_error(quoted(kind, name) + " is offered by " + origins[0] + " and by " +
                       origins[1] + ": remove one of them from the search path");
  if (built_in || found != nullptr) return found;
  if (refused != nullptr)
    throw plugin_error(quoted(kind, name) + ": " + refused->path.string() + " " + refused->problem);

  for (const Kind other : kKinds) {
    const std::vector<std::string> others = names(other);
    if (other != kind && std::find(others.begin(), others.end(), name) != others.end())
      throw plugin_error(quoted(kind, name) + " does not exist; there is " + quoted(other, name));
  }
  const std::vector<std::string> known = names(kind);
  const std::string near = nearest_name(name, known);
  throw plugin_error("unknown " + quoted(kind, name) + ";" +
                     (near.empty() ? "" : " did you mean '" + near + "'?") +
                     " known: " + (known.empty() ? "none" : joined(known)) +
                     (near.empty()
                          ? " (plugins are also found through RLRUN_PLUGIN_PATH and --plugin-path)"
                          : ""));
}

const EntryInfo& Catalog::info(Kind kind, const std::string& name) {
  const std::pair<Kind, std::string> key(kind, name);
  if (const auto known = infos_.find(key); known != infos_.end()) return known->second;
  const PluginFile* file = find(kind, name);
  if (file == nullptr) {
    EntryInfo info = inspect(builtins(), kind, name);
    info.plugin = "built in";
    return infos_.emplace(key, std::move(info)).first->second;
  }
  const std::string path = file->path.string();
  const json::Value answer = run_in_child(path, time_limit_, [file] {
    auto& plugins = *new LoadedPlugins();  // the child ends without destructors
    plugins.load(*file);
    json::Array infos;
    for (const auto& [provided, entry] : file->provides) {
      set_child_phase("it declared the parameters of " + quoted(provided, entry));
      EntryInfo info = inspect(plugins, provided, entry);
      info.plugin = file->name;
      info.version = file->version;
      info.path = file->path;
      infos.push_back(to_json(info));
    }
    return json::Value(std::move(infos));
  });
  if (const json::Array* infos = answer.if_array())
    for (const json::Value& value : *infos) {
      EntryInfo info = entry_info_from_json(value, path);
      const std::pair<Kind, std::string> its_key(info.kind, info.name);
      infos_.emplace(its_key, std::move(info));
    }
  const auto known = infos_.find(key);
  if (known == infos_.end()) throw plugin_error(path + ": does not describe " + quoted(kind, name));
  return known->second;
}

std::vector<std::string> Catalog::action_types(const std::vector<Choice>& envs) const {
  try {
    const json::Value answer = run_in_child("tasks", time_limit_, [&] {
      auto& plugins = *new LoadedPlugins();
      json::Array types;
      for (const Choice& env : envs) {
        for (const auto& [kind, entry] : entries_of(env)) plugins.load(*find(kind, entry->name));
        types.push_back(*inspect_env(plugins, env).find("action")->find("type"));
      }
      return json::Value(std::move(types));
    });
    std::vector<std::string> types;
    for (const json::Value& type : *answer.if_array()) types.push_back(*type.if_string());
    return types;
  } catch (const UserError&) {
    if (envs.size() == 1) return {""};  // its trials will fail and say why
  }
  std::vector<std::string> types;
  for (const Choice& env : envs) types.push_back(action_types({env}).front());
  return types;
}

json::Value Catalog::env_facts(const Choice& env) const {
  std::vector<const PluginFile*> files;
  for (const auto& [kind, entry] : entries_of(env)) files.push_back(find(kind, entry->name));
  return run_in_child(files.front()->path.string(), time_limit_, [&] {
    auto& plugins = *new LoadedPlugins();
    for (const PluginFile* file : files) plugins.load(*file);
    set_child_phase("it made an instance of " + quoted(Kind::kEnv, env.name));
    return inspect_env(plugins, env);
  });
}

}  // namespace rlrun
