#include "experiment/experiment.hpp"

#include <filesystem>

#include "rlrun/error.hpp"

#include "experiment/overrides.hpp"
#include "experiment/plan.hpp"
#include "plugin/names.hpp"

namespace rlrun {
namespace {

Experiment planned(json::Value source, const std::string& file,
                   const std::vector<std::string>& overrides, const InfoSource& info) {
  Experiment result;
  result.file = file;
  result.name = std::filesystem::path(file).stem().string();
  try {
    check_stem(result.name);
  } catch (const UserError& error) {
    throw UserError(file + ": the file's name names the result folder; " + error.what());
  }
  result.source = std::move(source);
  experiment::apply_overrides(result.source, overrides);
  experiment::plan(result, info);
  return result;
}

}  // namespace

Experiment load_experiment(const std::string& file, const std::vector<std::string>& overrides,
                           const InfoSource& info) {
  return planned(json::parse_file(file), file, overrides, info);
}

Experiment parse_experiment(std::string_view text, const std::string& file,
                            const std::vector<std::string>& overrides, const InfoSource& info) {
  return planned(json::parse(text, file), file, overrides, info);
}

}  // namespace rlrun
