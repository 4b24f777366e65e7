#include "run/rehearsal.hpp"

#include <chrono>
#include <map>
#include <set>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "json/json.hpp"
#include "plugin/child.hpp"
#include "plugin/loader.hpp"
#include "run/run_trial.hpp"

namespace rlrun {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr milliseconds kEffort{1000}, kLimit{5000};

std::string key_of(const Choice& choice) {
  return choice.name + json::canonical(choice.params);
}

// One line for each combination that is refused.
json::Array refusals(const std::vector<Trial>& trials, const Catalog& catalog) {
  const Clock::time_point start = Clock::now();
  auto& plugins = *new LoadedPlugins();  // the child ends without destructors
  std::map<std::string, EnvSpec> specs;
  std::set<std::string> seen;
  json::Array lines;
  for (const Trial& trial : trials) {
    const std::string env = key_of(trial.env);
    if (!seen.insert(env + key_of(trial.policy) + key_of(trial.algorithm)).second) continue;
    if (Clock::now() - start > kEffort) break;
    try {
      for (const PluginFile* file : plugins_of(trial, catalog)) plugins.load(*file);
      auto spec = specs.find(env);
      if (spec == specs.end()) spec = specs.emplace(env, make_env(trial, plugins)()->spec()).first;
      make_algorithm(trial, plugins, spec->second);
    } catch (const UserError& error) {
      if (error.code() == ExitCode::kConfig)
        lines.emplace_back(
            fmt::format("{} on {}: {}", trial.algorithm.label, trial.env.label, error.what()));
    } catch (...) {  // the trial's own outcome
    }
  }
  return lines;
}

}  // namespace

void rehearse(const std::vector<Trial>& trials, const Catalog& catalog, const std::string& source) {
  json::Value found;
  try {
    found = run_in_child("rehearsal", kLimit, [&] { return refusals(trials, catalog); });
  } catch (const UserError&) {
    return;  // a plugin that crashes or hangs does so in its trials too, and is named there
  }
  const json::Array& lines = *found.if_array();
  if (lines.empty()) return;
  std::string message = (source.empty() ? "" : source + ": ") + *lines.front().if_string();
  if (lines.size() > 1)
    message += fmt::format(" ({} combinations in all do not fit)", lines.size());
  throw UserError(message);
}

}  // namespace rlrun
