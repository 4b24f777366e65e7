#include <algorithm>
#include <iostream>
#include <map>

#include "rlrun/error.hpp"

#include "commands.hpp"
#include "entry_names.hpp"
#include "json/json.hpp"
#include "plugin/catalog.hpp"

namespace rlrun::commands {
namespace {

const char* heading(Kind kind) {
  switch (kind) {
    case Kind::kEnv:
      return "environments";
    case Kind::kWrapper:
      return "wrappers";
    case Kind::kAlgorithm:
      return "algorithms";
    case Kind::kPolicy:
      return "policies";
  }
  return "";
}

struct Line {
  std::string name;
  const PluginFile* file = nullptr;  ///< Null for what is built in.
  std::string problem;
};

std::vector<Line> lines(const Catalog& catalog, Kind kind) {
  std::vector<Line> result;
  for (const std::string& name : catalog.names(kind)) {
    try {
      result.push_back({name, catalog.find(kind, name), ""});
    } catch (const UserError& duplicate) {
      result.push_back({name, nullptr, duplicate.what()});
    }
  }
  return result;
}

void print_text(const Catalog& catalog) {
  std::size_t width = 0;
  for (const Kind kind : kKinds)
    for (const std::string& name : catalog.names(kind)) width = std::max(width, name.size());
  for (const Kind kind : kKinds) {
    const std::vector<Line> shown = lines(catalog, kind);
    std::cout << heading(kind) << (shown.empty() ? ": none\n" : "\n");
    for (const Line& line : shown) {
      std::cout << "  " << line.name << std::string(width - line.name.size() + 2, ' ');
      if (!line.problem.empty())
        std::cout << json::plain_line(line.problem) << '\n';
      else if (line.file == nullptr)
        std::cout << "built in\n";
      else
        std::cout << json::plain_line(line.file->name + ' ' + line.file->version) << '\n';
    }
  }
  bool first = true;
  for (const PluginFile& file : catalog.files()) {
    if (file.problem.empty()) continue;
    if (first) std::cout << "refused\n";
    first = false;
    std::cout << "  " << json::plain_line(file.path.string() + ' ' + file.problem) << '\n';
  }
}

json::Value text_or_null(const std::string& text) {
  return text.empty() ? json::Value() : json::Value(text);
}

void print_json(const Catalog& catalog) {
  json::Object answer;
  for (const Kind kind : kKinds) {
    json::Array entries;
    for (const Line& line : lines(catalog, kind))
      entries.push_back(
          json::Object{{"name", line.name},
                       {"plugin", line.file == nullptr ? json::Value() : line.file->name},
                       {"version", line.file == nullptr ? json::Value() : line.file->version},
                       {"path", line.file == nullptr ? json::Value() : line.file->path.string()},
                       {"problem", text_or_null(line.problem)}});
    answer.emplace_back(heading(kind), std::move(entries));
  }
  json::Array plugins;
  for (const PluginFile& file : catalog.files())
    plugins.push_back(json::Object{{"path", file.path.string()},
                                   {"name", text_or_null(file.name)},
                                   {"version", text_or_null(file.version)},
                                   {"interface", text_or_null(file.abi)},
                                   {"problem", text_or_null(file.problem)}});
  answer.emplace_back("plugins", std::move(plugins));
  std::cout << json::pretty(answer) << '\n';
}

}  // namespace

cli::Command list() {
  cli::Command command;
  command.name = "list";
  command.summary = "List environments, wrappers, algorithms and policies.";
  command.synopsis = "[options]";
  command.details =
      "Reads what plugins say about themselves without loading them. They are looked for\n"
      "in --plugin-path, RLRUN_PLUGIN_PATH (colon-separated), $XDG_DATA_HOME/rlrun/plugins\n"
      "and the folder of this installation.";
  cli::add_plugin_path_option(command.options);
  cli::add_json_option(command.options);
  command.run = [](const cli::po::variables_map& values) {
    const Catalog catalog(cli::plugin_path(values));
    if (cli::json_wanted(values))
      print_json(catalog);
    else
      print_text(catalog);
    return 0;
  };
  return command;
}

}  // namespace rlrun::commands
