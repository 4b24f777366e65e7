// Options that several commands have.

#include <charconv>
#include <cmath>
#include <utility>

#include "rlrun/error.hpp"

#include "cli/options.hpp"

namespace rlrun::cli {
namespace {

/// Written as in an experiment file: 1000 or 1e3.
class WholeNumber final : public po::typed_value<std::int64_t> {
 public:
  explicit WholeNumber(std::string name) : typed_value(nullptr), name_(std::move(name)) {}

  void xparse(boost::any& value, const std::vector<std::string>& words) const override {
    const std::string& text = words.at(0);
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    if (const auto whole = std::from_chars(text.data(), end, number);
        whole.ec == std::errc() && whole.ptr == end) {
      value = number;
      return;
    }
    double real = 0;
    constexpr double kExact = 1LL << 53;
    const auto read = std::from_chars(text.data(), end, real);
    if (read.ec != std::errc() || read.ptr != end || std::floor(real) != real ||
        !(std::abs(real) <= kExact))
      throw UserError("--" + name_ + " " + text + ": expected a whole number", ExitCode::kUsage);
    value = static_cast<std::int64_t>(real);
  }

 private:
  std::string name_;
};

}  // namespace

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

void add_with_option(po::options_description& options) {
  options.add_options()(
      "with", po::value<std::vector<std::string>>()->value_name("WRAPPER")->composing(),
      "Put a wrapper around the task; may be repeated, from the inside out. --set "
      "with.WRAPPER.NAME=VALUE sets its parameters.");
}

std::vector<std::string> wrappers(const po::variables_map& values) {
  if (values.count("with") == 0) return {};
  return values["with"].as<std::vector<std::string>>();
}

po::typed_value<std::int64_t>* whole_number(const std::string& name, std::int64_t low,
                                            std::int64_t high, const std::string& value_name) {
  auto* value = new WholeNumber(name);  // Boost.Program_options takes it
  value->value_name(value_name)->notifier([=](std::int64_t number) {
    if (number < low || number > high)
      throw UserError("--" + name + " " + std::to_string(number) + " is outside " +
                          std::to_string(low) + " to " + std::to_string(high),
                      ExitCode::kUsage);
  });
  return value;
}

}  // namespace rlrun::cli
