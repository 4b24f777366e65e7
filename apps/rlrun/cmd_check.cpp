#include <algorithm>
#include <chrono>
#include <iostream>

#include "rlrun/error.hpp"

#include "check/entry_check.hpp"
#include "commands.hpp"
#include "entry_names.hpp"

namespace rlrun::commands {
namespace {

namespace po = cli::po;
using Subject = std::pair<Kind, std::string>;

struct Finding {
  Subject subject;
  EntryCheck check;
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

json::Array list_of(const std::vector<std::string>& lines) {
  json::Array list;
  for (const std::string& line : lines) list.emplace_back(line);
  return list;
}

void print_text(const std::vector<Finding>& findings) {
  for (const auto& [subject, check] : findings) {
    std::cout << kind_name(subject.first) << ' ' << subject.second << ": "
              << (check.violations.empty() ? "ok" : "fails") << '\n';
    for (const std::string& violation : check.violations)
      std::cout << "  - " << json::plain_line(violation) << '\n';
    for (const std::string& note : check.notes)
      std::cout << "  note: " << json::plain_line(note) << '\n';
  }
}

void print_json(const std::vector<Finding>& findings) {
  json::Array answers;
  for (const auto& [subject, check] : findings)
    answers.push_back(json::Object{{"kind", kind_name(subject.first)},
                                   {"name", subject.second},
                                   {"ok", check.violations.empty()},
                                   {"violations", list_of(check.violations)},
                                   {"notes", list_of(check.notes)}});
  std::cout << json::pretty(answers) << '\n';
}

int run_check(const po::variables_map& values) {
  const auto target = values["name"].as<std::string>();
  EntryCheckOptions options;
  options.steps = values["steps"].as<std::int64_t>();
  options.iterations = values["iterations"].as<std::int64_t>();
  options.pictures = values["pictures"].as<bool>();
  options.limit = std::chrono::seconds(values["time-limit"].as<std::int64_t>());
  options.settings = cli::settings(values);
  options.with = cli::wrappers(values);
  if (values.count("policy") > 0) options.policy = values["policy"].as<std::string>();

  const bool file = is_file(target);
  const std::filesystem::path path = std::filesystem::absolute(target);
  Catalog catalog =
      file ? Catalog::of_folders({path.parent_path()}) : Catalog(cli::plugin_path(values));
  const std::vector<Subject> subjects =
      file ? subjects_of_file(catalog, path) : subjects_named(catalog, target);
  if (subjects.size() > 1 && !options.settings.empty())
    throw UserError("--set needs one entry to set, and " + target + " is several",
                    ExitCode::kUsage);
  if (!options.policy.empty() &&
      std::any_of(subjects.begin(), subjects.end(),
                  [](const Subject& s) { return s.first != Kind::kAlgorithm; }))
    throw UserError("--policy says what an algorithm trains, and " + target + " is none",
                    ExitCode::kUsage);

  if (!options.with.empty() && std::any_of(subjects.begin(), subjects.end(),
                                           [](const Subject& s) { return s.first != Kind::kEnv; }))
    throw UserError("--with puts wrappers around a task, and " + target + " is none",
                    ExitCode::kUsage);

  std::vector<Finding> findings;
  for (const Subject& subject : subjects)
    findings.push_back({subject, check_entry(catalog, subject.first, subject.second, options)});
  if (cli::json_wanted(values))
    print_json(findings);
  else
    print_text(findings);
  const bool ok = std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.check.violations.empty();
  });
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
      "A wrapper: the same of every small built-in task that it fits.\n"
      "An algorithm, on a small built-in task: equal seeds give equal results with one\n"
      "thread and with four; a saved state goes on bit for bit; the policy that it trained\n"
      "keeps the laws of policies. One that begins to learn late needs more --iterations, or\n"
      "--set. A policy, on such tasks: who shares a call with a column does not matter to\n"
      "the bit; clones act the same, and so does one that is built anew from the same stream\n"
      "and parameters. With a density: gradients of log-probability, entropy and divergence\n"
      "agree with finite differences, Fisher products with the curvature of the divergence,\n"
      "and what is drawn with its probability. All: the declaration is complete. A FILE (*.so)\n"
      "is checked with everything it offers. Exit code 1: a promise is broken.";
  command.positional = {"name"};
  command.options.add_options()(
      "steps", cli::whole_number("steps", 1, 1'000'000'000)->default_value(2000, "2000"),
      "Steps per law of an environment.")(
      "iterations", cli::whole_number("iterations", 2, 1'000'000)->default_value(3, "3"),
      "Iterations of an algorithm.")("policy", po::value<std::string>()->value_name("NAME"),
                                     "What an algorithm trains; default: the algorithm's own.")(
      "pictures", po::bool_switch(), "Also check that drawing changes nothing.")(
      "time-limit",
      cli::whole_number("time-limit", 1, 1'000'000, "SECONDS")->default_value(120, "120"),
      "After which an entry counts as hanging.");
  cli::add_set_option(command.options);
  cli::add_with_option(command.options);
  cli::add_plugin_path_option(command.options);
  cli::add_json_option(command.options);
  command.run = run_check;
  return command;
}

}  // namespace rlrun::commands
