#include <algorithm>
#include <chrono>
#include <iostream>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "commands.hpp"
#include "entry_names.hpp"
#include "experiment/overrides.hpp"
#include "plugin/child.hpp"
#include "plugin/fields.hpp"
#include "plugin/loader.hpp"
#include "run/algorithm_check.hpp"
#include "run/env_check.hpp"
#include "run/policy_check.hpp"
#include "toy_task.hpp"

namespace rlrun::commands {
namespace {

namespace po = cli::po;
using Subject = std::pair<Kind, std::string>;

struct Effort {
  Index steps, iterations;
  bool pictures;
  std::chrono::milliseconds limit;
};

struct Finding {
  Subject subject;
  std::vector<std::string> violations;
  std::string note;  // what was not checked
};

bool is_file(const std::string& text) {
  return text.ends_with(".so") || (text.find('/') != text.npos && std::filesystem::exists(text));
}

/// Everything that a file offers.
std::vector<Subject> subjects_of_file(const Catalog& catalog, const std::filesystem::path& path) {
  for (const PluginFile& file : catalog.files()) {
    if (!std::filesystem::equivalent(file.path, path)) continue;
    if (!file.problem.empty())
      throw UserError(path.string() + " " + file.problem, ExitCode::kPlugin);
    return file.provides;
  }
  throw UserError(path.string() + ": no such plugin file (*.so)", ExitCode::kPlugin);
}

/// Everything that has this name.
std::vector<Subject> subjects_named(const Catalog& catalog, const std::string& name) {
  std::vector<Subject> subjects;
  for (const Kind kind : kinds_of(catalog, name)) {
    static_cast<void>(catalog.find(kind, name));  // a refused or duplicate plugin ends here
    subjects.emplace_back(kind, name);
  }
  return subjects;
}

/// What a declaration owes its readers.
std::vector<std::string> check_declaration(const EntryInfo& info) {
  std::vector<std::string> violations;
  const auto expect = [&](bool holds, const std::string& text) {
    if (!holds) violations.push_back(text);
  };
  expect(!info.summary.empty(), "has no summary");
  expect(!info.reference.empty(), "has no reference (say \"none\" if there is none)");
  std::vector<std::string> names;
  for (const FieldInfo& field : info.schema) {
    const std::string what = "parameter " + field.name + " ";
    const bool snake =
        !field.name.empty() && std::all_of(field.name.begin(), field.name.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    expect(snake, what + "is not written in snake_case");
    expect(std::find(names.begin(), names.end(), field.name) == names.end(),
           what + "is declared twice");
    expect(!field.doc.empty(), what + "has no documentation");
    try {
      check_param(field, json::parse(field.default_value, "default"));
    } catch (const UserError& error) {
      violations.push_back("the default is refused: " + std::string(error.what()));
    }
    names.push_back(field.name);
  }
  return violations;
}

json::Array list_of(const std::vector<std::string>& lines) {
  json::Array list;
  for (const std::string& line : lines) list.emplace_back(line);
  return list;
}

/// The defaults of an entry with the settings that are meant for it.
json::Value parameters(const EntryInfo& info, const std::vector<std::string>& settings,
                       const std::string& prefix) {
  json::Value params = defaults(info.schema);
  for (const std::string& setting : settings) {
    auto [key, text] = experiment::split_setting(setting);
    if (key.starts_with("policy.") != (prefix == "policy.")) continue;
    key = key.substr(prefix.size());
    const auto field = std::find_if(info.schema.begin(), info.schema.end(),
                                    [&key = key](const FieldInfo& f) { return f.name == key; });
    if (field == info.schema.end()) {
      std::vector<std::string> known;
      for (const FieldInfo& f : info.schema) known.push_back(f.name);
      const std::string near = nearest_name(key, known);
      throw UserError("--set " + setting + ": " + info.name + " has no parameter '" + key + "'" +
                      (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    params[key] = check_param(*field, experiment::setting_value(setting, text));
  }
  return params;
}

std::vector<std::string> check_the_env(const LoadedPlugins& plugins, const std::string& name,
                                       const json::Value& params, const Effort& effort) {
  JsonReader reader(params);
  const EnvFactory make = plugins.env(name).make(reader);
  std::vector<std::string> violations = check_env(make, effort.steps);
  if (effort.pictures)
    for (std::string& line : check_rendering(make, std::min<Index>(effort.steps, 100)))
      violations.push_back(std::move(line));
  return violations;
}

// On the toy task with the kind of actions that it can do with.
std::vector<std::string> check_the_policy(const LoadedPlugins& plugins, const std::string& name,
                                          const json::Value& params) {
  const auto make = [&](const EnvSpec& spec) {
    JsonReader reader(params);
    return check_policy(*plugins.policy(name).make(reader, spec, Rng(1)), spec);
  };
  try {
    return make(toy_task(false)()->spec());
  } catch (const UserError&) {
    return make(toy_task(true)()->spec());
  }
}

AlgorithmCheck check_the_algorithm(const LoadedPlugins& plugins, const std::string& name,
                                   const std::string& policy, const json::Value& params,
                                   const json::Value& policy_params, const Effort& effort) {
  const auto make = [&](const EnvSpec& spec, const Rng& rng) {
    JsonReader reader(params), policy_reader(policy_params);
    return plugins.algorithm(name).make(
        reader, plugins.policy(policy).make(policy_reader, spec, rng.fork("policy")), spec,
        rng.fork("algorithm"));
  };
  // Which kind of actions it can do with is for its policy to say.
  bool discrete = false;
  try {
    make(toy_task(false)()->spec(), Rng(1));
  } catch (const UserError&) {
    discrete = true;
  }
  return check_algorithm(make, toy_task(discrete), effort.iterations);
}

void check_subject(Catalog& catalog, const std::vector<std::string>& settings, const Effort& effort,
                   Finding& finding) {
  const auto& [kind, name] = finding.subject;
  const EntryInfo& info = catalog.info(kind, name);
  finding.violations = check_declaration(info);
  std::string policy = info.default_policy;
  json::Value policy_params;
  if (kind == Kind::kAlgorithm)
    policy_params = parameters(catalog.info(Kind::kPolicy, policy), settings, "policy.");
  const json::Value params = parameters(info, settings, "");
  const std::string what = std::string(kind_name(kind)) + " '" + name + "'";
  const json::Value found = run_in_child(what, effort.limit, [&, kind = kind, name = name] {
    auto& plugins = *new LoadedPlugins();  // the child ends without destructors
    if (const PluginFile* file = catalog.find(kind, name)) plugins.load(*file);
    if (kind == Kind::kAlgorithm)
      if (const PluginFile* file = catalog.find(Kind::kPolicy, policy)) plugins.load(*file);
    set_child_phase("its laws were checked");
    AlgorithmCheck result{{}, true};
    if (kind == Kind::kEnv)
      result.violations = check_the_env(plugins, name, params, effort);
    else if (kind == Kind::kPolicy)
      result.violations = check_the_policy(plugins, name, params);
    else
      result = check_the_algorithm(plugins, name, policy, params, policy_params, effort);
    return json::Value(
        json::Object{{"violations", list_of(result.violations)}, {"learned", result.learned}});
  });
  for (const json::Value& line : *found.find("violations")->if_array())
    finding.violations.push_back(*line.if_string());
  if (!*found.find("learned")->if_bool())
    finding.note = fmt::format(
        "the policy did not change in {} iterations, so its learning was not checked; give more "
        "--iterations, or --set a shorter warm-up",
        effort.iterations);
}

void print_text(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    std::cout << kind_name(finding.subject.first) << ' ' << finding.subject.second << ": "
              << (finding.violations.empty() ? "ok" : "fails") << '\n';
    for (const std::string& violation : finding.violations)
      std::cout << "  - " << violation << '\n';
    if (!finding.note.empty()) std::cout << "  note: " << finding.note << '\n';
  }
}

void print_json(const std::vector<Finding>& findings) {
  json::Array answers;
  for (const Finding& finding : findings) {
    json::Object answer{{"kind", kind_name(finding.subject.first)},
                        {"name", finding.subject.second},
                        {"ok", finding.violations.empty()},
                        {"violations", list_of(finding.violations)}};
    if (!finding.note.empty()) answer.emplace_back("note", finding.note);
    answers.push_back(std::move(answer));
  }
  std::cout << json::pretty(answers) << '\n';
}

int run_check(const po::variables_map& values) {
  const auto target = values["name"].as<std::string>();
  const auto settings = cli::settings(values);
  const Effort effort = {values["steps"].as<std::int64_t>(),
                         values["iterations"].as<std::int64_t>(), values["pictures"].as<bool>(),
                         std::chrono::seconds(values["time-limit"].as<std::int64_t>())};
  const bool file = is_file(target);
  const std::filesystem::path path = std::filesystem::absolute(target);
  Catalog catalog =
      file ? Catalog::of_folders({path.parent_path()}) : Catalog(cli::plugin_path(values));
  const std::vector<Subject> subjects =
      file ? subjects_of_file(catalog, path) : subjects_named(catalog, target);
  if (subjects.size() > 1 && !settings.empty())
    throw UserError("--set needs one entry to set, and " + target + " is several",
                    ExitCode::kUsage);

  std::vector<Finding> findings;
  for (const Subject& subject : subjects) {
    Finding finding{subject, {}, ""};
    try {
      check_subject(catalog, settings, effort, finding);
    } catch (const UserError& error) {
      if (error.code() != ExitCode::kPlugin) throw;
      finding.violations.emplace_back(error.what());  // it crashed, or hung
    }
    findings.push_back(std::move(finding));
  }
  if (cli::json_wanted(values))
    print_json(findings);
  else
    print_text(findings);
  const bool ok = std::all_of(findings.begin(), findings.end(),
                              [](const Finding& finding) { return finding.violations.empty(); });
  return ok ? 0 : 1;
}

}  // namespace

cli::Command check() {
  cli::Command command;
  command.name = "check";
  command.summary = "Check that a plugin keeps its promises.";
  command.synopsis = "NAME|FILE [options]";
  command.details =
      "An environment: equal streams give equal episodes, whatever the instance did before\n"
      "and on whatever thread; observations are complete, finite and inside their space.\n"
      "An algorithm, on a small built-in task: equal seeds give equal results with one\n"
      "thread and with four; a saved state goes on bit for bit. One that begins to learn\n"
      "late needs more --iterations, or --set. A policy: who shares a call with a column\n"
      "does not matter to the bit; clones act the same. All: the declaration is complete. A FILE\n"
      "(*.so) is checked with everything it offers. Exit code 1: a promise is broken.";
  command.positional = {"name"};
  command.options.add_options()(
      "steps", cli::whole_number("steps", 1, 1'000'000'000)->default_value(2000, "2000"),
      "Steps per law of an environment.")(
      "iterations", cli::whole_number("iterations", 2, 1'000'000)->default_value(3, "3"),
      "Iterations of an algorithm.")("pictures", po::bool_switch(),
                                     "Also check that drawing changes nothing.")(
      "time-limit",
      cli::whole_number("time-limit", 1, 1'000'000, "SECONDS")->default_value(120, "120"),
      "After which an entry counts as hanging.");
  cli::add_set_option(command.options);
  cli::add_plugin_path_option(command.options);
  cli::add_json_option(command.options);
  command.run = run_check;
  return command;
}

}  // namespace rlrun::commands
