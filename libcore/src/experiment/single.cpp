// One trial from the command line.

#include <algorithm>

#include "experiment/entries.hpp"
#include "experiment/experiment.hpp"
#include "experiment/overrides.hpp"
#include "experiment/settings.hpp"

namespace rlrun {
namespace {

using experiment::Entry;

void apply(const Entry& entry, const std::string& setting, const std::string& key,
           const json::Value& value, json::Value& params) {
  try {
    const std::size_t i = entry.parameter(key, nullptr, value);
    (*params.if_object())[i].second = entry.checked(i, value);
  } catch (const UserError& error) {
    throw UserError("setting " + experiment::named(setting) + ": " + error.what());
  }
}

// Adds the wrappers around a task and sets their parameters.
void add_wrappers(experiment::Entries& entries, const std::vector<std::string>& with,
                  const std::vector<std::string>& settings, Choice& env) {
  for (const std::string& name : with) {
    const Entry& entry = entries.get(Kind::kWrapper, name);
    for (const Choice& other : env.with)
      if (other.name == name)
        throw UserError("a second wrapper " + experiment::named(name) + " around one task",
                        ExitCode::kUsage);
    env.with.push_back({name, name, entry.defaults});
  }
  for (const std::string& setting : settings) {
    const auto [key, text] = experiment::split_setting(setting);
    const auto parts = experiment::wrapper_key(key);
    if (!parts) continue;
    const auto wrapper = std::find_if(env.with.begin(), env.with.end(), [&](const Choice& choice) {
      return choice.name == parts->wrapper;
    });
    if (wrapper == env.with.end())
      throw UserError("setting " + experiment::named(setting) + ": no wrapper " +
                          experiment::named(parts->wrapper) + " around the task; give --with " +
                          experiment::printable(parts->wrapper),
                      ExitCode::kUsage);
    apply(entries.get(Kind::kWrapper, wrapper->name), setting, parts->parameter,
          experiment::setting_value(setting, text), wrapper->params);
  }
  env.label = decorated_name(env);
}

std::string default_policy(const EntryInfo& algorithm, const Choice& env, const InfoSource& info) {
  try {
    return experiment::fitting_policy(algorithm, env.name,
                                      [&] { return info.actions({env}).front(); });
  } catch (const UserError& error) {
    throw UserError(std::string(error.what()) + "; name a policy with --policy", ExitCode::kUsage);
  }
}

}  // namespace

Trial make_trial(const std::string& env, const std::string& algorithm, const std::string& policy,
                 const std::vector<std::string>& settings, Budget budget, std::uint64_t seed,
                 const InfoSource& info, const std::vector<std::string>& with) {
  experiment::Entries entries(info);
  const Entry& env_entry = entries.get(Kind::kEnv, env);
  const Entry& algorithm_entry = entries.get(Kind::kAlgorithm, algorithm);
  if ((budget.iterations > 0) == (budget.steps > 0) || budget.iterations < 0 || budget.steps < 0)
    throw UserError("a budget is a positive number of either iterations or steps",
                    ExitCode::kUsage);
  if (seed > static_cast<std::uint64_t>(INT64_MAX))
    throw UserError("seed " + std::to_string(seed) + " does not fit into 63 bits",
                    ExitCode::kUsage);

  Trial trial;
  trial.env = {env, env, env_entry.defaults};
  trial.algorithm = {algorithm, algorithm, algorithm_entry.defaults};
  trial.budget = budget;
  trial.seed = seed;
  const auto apply_to = [&](const Entry& entry, const std::string& prefix, json::Value& params) {
    for (const std::string& setting : settings) {
      const auto [key, text] = experiment::split_setting(setting);
      const bool prefixed = key.starts_with("env.") || key.starts_with("policy.") ||
                            experiment::wrapper_key(key).has_value();
      if (prefix.empty() ? !prefixed : key.starts_with(prefix))
        apply(entry, setting, key.substr(prefix.size()), experiment::setting_value(setting, text),
              params);
    }
  };
  apply_to(env_entry, "env.", trial.env.params);
  add_wrappers(entries, with, settings, trial.env);
  // After the task, because it follows from that if none is named.
  trial.policy.name =
      policy.empty() ? default_policy(algorithm_entry.info, trial.env, info) : policy;
  trial.policy.label = trial.policy.name;
  const Entry& policy_entry = entries.get(Kind::kPolicy, trial.policy.name);
  trial.policy.params = policy_entry.defaults;
  apply_to(policy_entry, "policy.", trial.policy.params);
  apply_to(algorithm_entry, "", trial.algorithm.params);
  for (const std::string& setting : settings)
    trial.setting += (trial.setting.empty() ? "" : ", ") + experiment::printable(setting);
  return trial;
}

Choice make_choice(Kind kind, const std::string& name, const std::vector<std::string>& settings,
                   const InfoSource& info, const std::vector<std::string>& with) {
  experiment::Entries entries(info);
  const Entry& entry = entries.get(kind, name);
  const std::string prefix = std::string(kind_name(kind)) + ".";
  Choice choice{name, name, entry.defaults};
  for (const std::string& setting : settings) {
    const auto [key, text] = experiment::split_setting(setting);
    if (kind == Kind::kEnv && experiment::wrapper_key(key)) continue;
    apply(entry, setting, key.starts_with(prefix) ? key.substr(prefix.size()) : key,
          experiment::setting_value(setting, text), choice.params);
  }
  if (kind == Kind::kEnv) add_wrappers(entries, with, settings, choice);
  return choice;
}

}  // namespace rlrun
