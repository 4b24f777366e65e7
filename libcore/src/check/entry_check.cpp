#include "check/entry_check.hpp"

#include <algorithm>
#include <exception>
#include <memory>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "check/algorithm_check.hpp"
#include "check/env_check.hpp"
#include "check/policy_check.hpp"
#include "check/toy_task.hpp"
#include "experiment/experiment.hpp"
#include "plugin/child.hpp"
#include "plugin/fields.hpp"
#include "plugin/loader.hpp"
#include "plugin/make_env.hpp"

namespace rlrun {
namespace {

void append(std::vector<std::string>& to, std::vector<std::string> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

void check_env_entry(const EnvFactory& make, const EntryCheckOptions& options, EntryCheck& result) {
  EnvCheck found = check_env(make, options.steps);
  append(result.violations, std::move(found.violations));
  append(result.notes, std::move(found.notes));
  if (options.pictures)
    append(result.violations, check_rendering(make, std::min<Index>(options.steps, 100)));
}

// Around every small task that it fits.
void check_wrapper_entry(const LoadedPlugins& plugins, const Choice& wrapper,
                         const EntryCheckOptions& options, EntryCheck& result) {
  std::exception_ptr refusal;
  bool fits = false;
  for (const EnvFactory& task : toy_tasks()) {
    JsonReader reader(wrapper.params);
    const EnvFactory make = plugins.wrapper(wrapper.name).make(reader, task);
    try {
      static_cast<void>(make());
    } catch (const UserError&) {
      if (!refusal) refusal = std::current_exception();
      continue;
    }
    fits = true;
    EntryCheck found;
    check_env_entry(make, options, found);
    const std::string around = describe(task()->spec().action);
    for (const std::string& line : found.violations)
      result.violations.push_back(fmt::format("{}: {}", around, line));
    for (const std::string& line : found.notes)
      result.notes.push_back(fmt::format("{}: {}", around, line));
  }
  if (fits) return;
  try {
    std::rethrow_exception(refusal);
  } catch (const UserError& error) {
    result.notes.push_back(fmt::format(
        "fits none of the small built-in tasks ({}), so no law was checked; check it around one "
        "that it fits: rlrun check TASK --with {}",
        error.what(), wrapper.name));
  }
}

// Makes the policy for a task as a trial does: from the same stream whenever it is made.
class PolicyMaker {
 public:
  PolicyMaker(const LoadedPlugins& plugins, const Choice& policy)
      : plugins_(plugins), policy_(policy) {}

  [[nodiscard]] std::unique_ptr<Policy> operator()(const EnvSpec& spec) const {
    JsonReader reader(policy_.params);
    return plugins_.policy(policy_.name).make(reader, spec, Rng(1).fork("policy"));
  }
  /// Tasks that it can be made for. Throws what it says of the first one if it fits none.
  [[nodiscard]] std::vector<EnvFactory> fitting_tasks() const {
    std::vector<EnvFactory> fitting;
    std::exception_ptr refusal;
    for (const EnvFactory& task : toy_tasks()) try {
        static_cast<void>((*this)(task()->spec()));
        fitting.push_back(task);
      } catch (const UserError&) {
        if (!refusal) refusal = std::current_exception();
      }
    if (fitting.empty()) std::rethrow_exception(refusal);
    return fitting;
  }

 private:
  const LoadedPlugins& plugins_;
  const Choice& policy_;
};

void check_policy_entry(const PolicyMaker& make, EntryCheck& result) {
  for (const EnvFactory& task : make.fitting_tasks()) {
    const EnvSpec spec = task()->spec();
    for (const std::string& line : check_policy(*make(spec), spec, [&] { return make(spec); }))
      result.violations.push_back(fmt::format("{}: {}", describe(spec.action), line));
  }
}

void check_algorithm_entry(const LoadedPlugins& plugins, const Choice& algorithm,
                           const PolicyMaker& make_policy, const EntryCheckOptions& options,
                           EntryCheck& result) {
  const AlgorithmFactory make = [&](const EnvSpec& spec, const Rng& rng) {
    JsonReader reader(algorithm.params);
    return plugins.algorithm(algorithm.name).make(reader, make_policy(spec), spec, rng);
  };
  // The policy has said which actions it fits: what the algorithm says now is about itself.
  std::exception_ptr refusal;
  for (const EnvFactory& task : make_policy.fitting_tasks()) {
    const EnvSpec spec = task()->spec();
    try {
      set_child_phase("it was made");
      static_cast<void>(make(spec, Rng(1)));
    } catch (const UserError&) {
      if (!refusal) refusal = std::current_exception();
      continue;
    }
    set_child_phase("its laws were checked");
    AlgorithmCheck found =
        check_algorithm(make, task, options.iterations, [&] { return make_policy(spec); });
    append(result.violations, std::move(found.violations));
    if (!found.learned)
      result.notes.push_back(fmt::format(
          "the policy did not change in {} iterations, so its learning was not checked; give more "
          "--iterations, or --set a shorter warm-up",
          options.iterations));
    return;
  }
  std::rethrow_exception(refusal);
}

json::Array list_of(const std::vector<std::string>& lines) {
  json::Array list;
  for (const std::string& line : lines) list.emplace_back(line);
  return list;
}

std::vector<std::string> lines_of(const json::Value& answer, const char* name) {
  std::vector<std::string> lines;
  for (const json::Value& line : *answer.find(name)->if_array()) lines.push_back(*line.if_string());
  return lines;
}

}  // namespace

EntryCheck check_entry(Catalog& catalog, Kind kind, const std::string& name,
                       const EntryCheckOptions& options) {
  const auto info = [&](Kind k, const std::string& n) -> auto& {
    return catalog.info(k, n);
  };
  EntryCheck result;
  try {
    const EntryInfo declared = info(kind, name);
    if (declared.summary.empty()) result.violations.emplace_back("has no summary");
    if (declared.reference.empty())
      result.violations.emplace_back("has no reference (say \"none\" if there is none)");

    std::vector<std::string> own, of_policy;
    for (const std::string& setting : options.settings)
      (kind == Kind::kAlgorithm && setting.starts_with("policy.") ? of_policy : own)
          .push_back(setting);
    const Choice subject = make_choice(kind, name, own, info, options.with);
    Choice policy = subject;
    if (kind == Kind::kAlgorithm)
      policy = make_choice(Kind::kPolicy,
                           options.policy.empty() ? declared.default_policy : options.policy,
                           of_policy, info);

    const std::string what = std::string(kind_name(kind)) + " '" + name + "'";
    const json::Value answer = run_in_child(what, options.limit, [&] {
      auto& plugins = *new LoadedPlugins();  // the child ends without destructors
      std::vector<std::pair<Kind, std::string>> entries{{kind, name}};
      for (const Choice& wrapper : subject.with) entries.emplace_back(Kind::kWrapper, wrapper.name);
      if (kind == Kind::kAlgorithm) entries.emplace_back(Kind::kPolicy, policy.name);
      for (const auto& [k, n] : entries)
        if (const PluginFile* file = catalog.find(k, n)) plugins.load(*file);
      set_child_phase("its laws were checked");
      EntryCheck found;
      const PolicyMaker make_policy(plugins, policy);
      if (kind == Kind::kEnv) check_env_entry(make_env(subject, plugins), options, found);
      if (kind == Kind::kWrapper) check_wrapper_entry(plugins, subject, options, found);
      if (kind == Kind::kPolicy) check_policy_entry(make_policy, found);
      if (kind == Kind::kAlgorithm)
        check_algorithm_entry(plugins, subject, make_policy, options, found);
      return json::Value(
          json::Object{{"violations", list_of(found.violations)}, {"notes", list_of(found.notes)}});
    });
    append(result.violations, lines_of(answer, "violations"));
    append(result.notes, lines_of(answer, "notes"));
  } catch (const UserError& error) {
    const bool own_fault =
        error.code() == ExitCode::kPlugin || (options.settings.empty() && options.policy.empty());
    if (!own_fault) throw;
    result.violations.emplace_back(error.what());
  }
  return result;
}

}  // namespace rlrun
