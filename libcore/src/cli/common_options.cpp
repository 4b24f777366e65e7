// Options that several commands have.

#include "rlrun/error.hpp"

#include "cli/options.hpp"

namespace rlrun::cli {

void add_json_option(po::options_description& options) {
  options.add_options()("json", po::bool_switch(), "Answer in JSON.");
}

bool json_wanted(const po::variables_map& values) {
  return values["json"].as<bool>();
}

void add_plugin_path_option(po::options_description& options) {
  options.add_options()("plugin-path",
                        po::value<std::vector<std::string>>()->value_name("DIR")->composing(),
                        "Look for plugins here first; may be repeated.");
}

std::vector<std::filesystem::path> plugin_path(const po::variables_map& values) {
  std::vector<std::filesystem::path> folders;
  if (values.count("plugin-path") == 0) return folders;
  for (const std::string& folder : values["plugin-path"].as<std::vector<std::string>>()) {
    if (!std::filesystem::is_directory(folder))
      throw UserError("--plugin-path " + folder + ": no such folder", ExitCode::kUsage);
    folders.emplace_back(folder);
  }
  return folders;
}

void add_set_option(po::options_description& options) {
  options.add_options()("set",
                        po::value<std::vector<std::string>>()->value_name("KEY=VALUE")->composing(),
                        "Override a value; may be repeated.");
}

std::vector<std::string> settings(const po::variables_map& values) {
  if (values.count("set") == 0) return {};
  auto list = values["set"].as<std::vector<std::string>>();
  for (const std::string& setting : list) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UserError("--set " + setting + ": expected KEY=VALUE", ExitCode::kUsage);
  }
  return list;
}

po::typed_value<std::int64_t>* whole_number(const std::string& name, std::int64_t low,
                                            std::int64_t high, const std::string& value_name) {
  return po::value<std::int64_t>()->value_name(value_name)->notifier([=](std::int64_t value) {
    if (value < low || value > high)
      throw UserError("--" + name + " " + std::to_string(value) + " is outside " +
                          std::to_string(low) + " to " + std::to_string(high),
                      ExitCode::kUsage);
  });
}

}  // namespace rlrun::cli
