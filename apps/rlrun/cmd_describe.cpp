#include <algorithm>
#include <iostream>

#include "rlrun/error.hpp"

#include "commands.hpp"
#include "describe_text.hpp"
#include "entry_names.hpp"
#include "experiment/experiment.hpp"
#include "plugin/inspect.hpp"

namespace rlrun::commands {
namespace {

/// Of a task. One that cannot be made here still has parameters to show.
json::Value facts_of(const Catalog& catalog, const Choice& env) {
  try {
    return catalog.env_facts(env);
  } catch (const UserError& error) {
    if (error.code() != ExitCode::kConfig || !env.with.empty()) throw;
    return json::Object{{"problem", error.what()}};
  }
}

int run_describe(const cli::po::variables_map& values) {
  const bool as_json = cli::json_wanted(values), as_markdown = values["markdown"].as<bool>();
  if (as_json && as_markdown) throw UserError("--json or --markdown, not both", ExitCode::kUsage);
  Catalog catalog(cli::plugin_path(values));
  const auto name = values["name"].as<std::string>();
  json::Array answers;
  const std::vector<Kind> kinds = kinds_of(catalog, name);
  const bool is_task = std::find(kinds.begin(), kinds.end(), Kind::kEnv) != kinds.end();
  if (!is_task && !(cli::wrappers(values).empty() && cli::settings(values).empty()))
    throw UserError("--with and --set change a task, and " + name + " is none", ExitCode::kUsage);
  for (const Kind kind : kinds) {
    const EntryInfo& info = catalog.info(kind, name);
    json::Value facts;
    if (kind == Kind::kEnv)
      facts = facts_of(catalog, make_choice(kind, name, cli::settings(values), InfoSource(catalog),
                                            cli::wrappers(values)));
    if (as_json) {
      json::Value answer = to_json(info);
      if (!facts.is_null()) answer["facts"] = facts;
      answers.push_back(std::move(answer));
    } else {
      std::cout << (as_markdown ? describe_markdown(info, facts) : describe_text(info, facts));
    }
  }
  // One name is nearly always one thing.
  if (as_json)
    std::cout << json::pretty(answers.size() == 1 ? answers[0] : json::Value(std::move(answers)))
              << '\n';
  return 0;
}

}  // namespace

cli::Command describe() {
  cli::Command command;
  command.name = "describe";
  command.summary = "Show parameters, ranges and facts of an entry.";
  command.synopsis = "NAME [options]";
  command.details =
      "Asks the plugin in a child process: parameters with type, default, range and\n"
      "meaning; for an environment also its spaces and horizon, with the values of --set and\n"
      "inside the wrappers of --with.";
  command.positional = {"name"};
  command.options.add_options()("markdown", cli::po::bool_switch(),
                                "Answer as a page of the reference.");
  cli::add_set_option(command.options);
  cli::add_with_option(command.options);
  cli::add_plugin_path_option(command.options);
  cli::add_json_option(command.options);
  command.run = run_describe;
  return command;
}

}  // namespace rlrun::commands
