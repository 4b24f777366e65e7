#include "check/rehearsal.hpp"

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
constexpr milliseconds kEffort{300}, kLimit{5000};

std::string key_of(const Choice& choice) {
  std::string key = choice.name + json::canonical(choice.params);
  for (const Choice& wrapper : choice.with) key += key_of(wrapper);
  return key;
}

class Rehearsal {
 public:
  explicit Rehearsal(const Catalog& catalog) : catalog_(catalog) {}

  // Tries one trial of each key until the time is over.
  template <class KeyOf>
  void try_each(const std::vector<Trial>& trials, const KeyOf& key) {
    std::set<std::string> seen;
    const Trial* before = nullptr;
    for (const Trial& trial : trials) {
      const bool new_seed_alone = before != nullptr && differ_in_seed_alone(*before, trial);
      before = &trial;
      if (new_seed_alone || !seen.insert(key(trial)).second) continue;
      if (Clock::now() - start_ > kEffort) return;
      attempt(trial);
    }
  }
  // One line for each combination that is refused.
  [[nodiscard]] const json::Array& refusals() const { return refusals_; }

 private:
  void attempt(const Trial& trial) {
    try {
      for (const PluginFile* file : plugins_of(trial, catalog_)) plugins_.load(*file);
      const std::string env = key_of(trial.env);
      auto spec = specs_.find(env);
      if (spec == specs_.end())
        spec = specs_.emplace(env, make_env(trial.env, plugins_)()->spec()).first;
      make_algorithm(trial, plugins_, spec->second);
      const Pace pace = pace_of(trial, plugins_);
      const std::int64_t steps = planned_steps(trial.budget, pace);
      if (steps > 0 && pace.steps_before_learning > steps)
        throw UserError(fmt::format(
            "the budget of {} steps ends before the first update, which comes after {} steps or "
            "more; raise the budget or shorten the warm-up",
            steps, pace.steps_before_learning));
    } catch (const UserError& error) {
      if (error.code() != ExitCode::kConfig) return;
      std::string line =
          fmt::format("{} on {}: {}", trial.algorithm.label, trial.env.label, error.what());
      if (lines_.insert(line).second) refusals_.emplace_back(std::move(line));
    } catch (...) {  // the trial's own outcome
    }
  }

  const Clock::time_point start_ = Clock::now();
  const Catalog& catalog_;
  LoadedPlugins& plugins_ = *new LoadedPlugins();  // the child ends without destructors
  std::map<std::string, EnvSpec> specs_;           // by task and parameters
  std::set<std::string> lines_;
  json::Array refusals_;
};

json::Array refusals(const std::vector<Trial>& trials, const Catalog& catalog) {
  Rehearsal rehearsal(catalog);
  rehearsal.try_each(trials, [](const Trial& trial) {
    return trial.algorithm.label + '\n' + trial.policy.name + '\n' + trial.env.label;
  });
  rehearsal.try_each(trials, [](const Trial& trial) {
    return key_of(trial.algorithm) + key_of(trial.policy) + key_of(trial.env);
  });
  return rehearsal.refusals();
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
