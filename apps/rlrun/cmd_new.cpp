#include <cctype>
#include <filesystem>
#include <iostream>

#include "rlrun/error.hpp"

#include "commands.hpp"
#include "plugin/catalog.hpp"
#include "scaffold.hpp"
#include "store/output.hpp"

namespace rlrun::commands {
namespace {

namespace fs = std::filesystem;

/// What can be begun.
struct Scaffold {
  Kind kind;
  const char* article;
  std::vector<ScaffoldFile> (*files)();
};
constexpr Scaffold kScaffolds[] = {{Kind::kAlgorithm, "an", algorithm_scaffold},
                                   {Kind::kEnv, "an", env_scaffold},
                                   {Kind::kWrapper, "a", wrapper_scaffold}};

/// The name becomes part of file names, of C++ identifiers and of a CMake target.
void check_plugin_name(const std::string& name) {
  constexpr std::size_t kLongest = 60;
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  bool good = !name.empty() && name.size() <= kLongest && lower(name[0]) && name.back() != '_' &&
              name.find("__") == std::string::npos;
  for (const char c : name) good = good && (lower(c) || (c >= '0' && c <= '9') || c == '_');
  if (!good)
    throw UserError("'" + name +
                        "' cannot be a plugin's name: expected small letters, digits and " +
                        "single underscores, as in my_method, at most " + std::to_string(kLongest),
                    ExitCode::kUsage);
}

/// my_method -> MyMethod
std::string camel_case(const std::string& name) {
  std::string result;
  bool up = true;
  for (const char c : name) {
    if (c != '_') result += up ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    up = c == '_';
  }
  return result;
}

std::string filled(std::string text, const std::string& name) {
  const auto replace_all = [&text](const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  };
  replace_all("@name@", name);
  replace_all("@Class@", camel_case(name));
  return text;
}

/// Where find_package(rlrun) finds what this program belongs to.
std::string prefix() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? "PREFIX" : program.parent_path().parent_path().string();
}

int run_new(const cli::po::variables_map& values) {
  const auto kind_text = values["kind"].as<std::string>(), name = values["name"].as<std::string>();
  const Scaffold* found = nullptr;
  for (const Scaffold& scaffold : kScaffolds)
    if (kind_text == kind_name(scaffold.kind)) found = &scaffold;
  if (found == nullptr)
    throw UserError("'" + kind_text + "': expected algorithm, env or wrapper", ExitCode::kUsage);
  check_plugin_name(name);
  const Kind kind = found->kind;
  const Catalog catalog(cli::plugin_path(values));
  for (const std::string& known : catalog.names(kind))
    if (known == name)
      throw UserError("there is already " + std::string(found->article) + " " + kind_text +
                          " called '" + name + "' (" + catalog.find(kind, name)->path.string() +
                          ")",
                      ExitCode::kUsage);

  const fs::path folder = values.count("folder") != 0 ? values["folder"].as<std::string>() : name;
  std::error_code error;
  if (fs::exists(folder, error) &&
      !(fs::is_directory(folder, error) && fs::is_empty(folder, error)))
    throw UserError(folder.string() + " exists and is not empty; nothing was written",
                    ExitCode::kUsage);
  fs::create_directories(folder, error);
  if (error)
    throw UserError(folder.string() + ": cannot be made: " + error.message(), ExitCode::kUsage);
  json::Array files;
  for (const ScaffoldFile& file : found->files()) {
    files.emplace_back(filled(file.name, name));
    write_output(folder / *files.back().if_string(), filled(file.content, name));
  }

  const std::string shown = folder.string();
  const json::Array next = {
      "cmake -S " + shown + " -B " + shown + "/build -DCMAKE_PREFIX_PATH=" + prefix(),
      "cmake --build " + shown + "/build",
      "export RLRUN_PLUGIN_PATH=" + (fs::absolute(folder) / "build/lib/rlrun/plugins").string(),
      "rlrun check " + name, "rlrun sweep " + shown + "/" + name + ".json"};
  if (cli::json_wanted(values)) {
    std::cout << json::pretty(json::Object{{"folder", shown}, {"files", files}, {"next", next}})
              << '\n';
    return 0;
  }
  std::cout << "wrote " << shown << "/:";
  for (const json::Value& file : files) std::cout << ' ' << *file.if_string();
  std::cout << "\nnext:\n";
  for (const json::Value& line : next) std::cout << "  " << *line.if_string() << '\n';
  return 0;
}

}  // namespace

cli::Command scaffold() {
  cli::Command command;
  command.name = "new";
  command.summary = "Write a plugin to start from.";
  command.synopsis = "algorithm|env|wrapper NAME [options]";
  command.details =
      "Makes a folder with a plugin that builds and works, its CMakeLists.txt, an experiment\n"
      "and a README. It builds outside rlrun's own tree. Nothing is overwritten.";
  command.positional = {"kind", "name"};
  command.options.add_options()("folder", cli::po::value<std::string>()->value_name("DIR"),
                                "Where to write it; default: NAME.");
  cli::add_json_option(command.options);
  cli::add_plugin_path_option(command.options);
  command.run = run_new;
  return command;
}

}  // namespace rlrun::commands
