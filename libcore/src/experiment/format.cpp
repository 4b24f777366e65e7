#include "experiment/format.hpp"

#include <algorithm>

#include "rlrun/error.hpp"

#include "json/json.hpp"
#include "plugin/catalog.hpp"

namespace rlrun::experiment {
namespace {

constexpr Key kExperimentKeys[] = {
    {"format", Shape::kValue, true},    {"title", Shape::kValue},
    {"seeds", Shape::kSeeds, true},     {"budget", Shape::kBudget},
    {"evaluation", Shape::kEvaluation}, {"policy", Shape::kPolicy},
    {"envs", Shape::kEnvs, true},       {"algorithms", Shape::kAlgorithms, true},
};
constexpr Key kSeedsKeys[] = {{"count", Shape::kValue, true}, {"base", Shape::kValue}};
constexpr Key kBudgetKeys[] = {{"iterations", Shape::kValue}, {"steps", Shape::kValue}};
constexpr Key kEvaluationKeys[] = {{"every", Shape::kValue, true}, {"episodes", Shape::kValue}};
constexpr Key kPolicyKeys[] = {{"name", Shape::kValue}, {"params", Shape::kParams}};
constexpr Key kEnvKeys[] = {
    {"name", Shape::kValue, true},       {"label", Shape::kValue},
    {"params", Shape::kParams},          {"grid", Shape::kGrid},
    {"unstable_penalty", Shape::kValue}, {"with", Shape::kWrappers},
};
constexpr Key kWrapperKeys[] = {{"name", Shape::kValue, true}, {"params", Shape::kParams}};
constexpr Key kAlgorithmKeys[] = {
    {"name", Shape::kValue, true}, {"label", Shape::kValue},     {"params", Shape::kParams},
    {"grid", Shape::kGrid},        {"linked", Shape::kLinked},   {"policy", Shape::kPolicy},
    {"budget", Shape::kBudget},    {"per_env", Shape::kPerEnvs},
};
constexpr Key kPerEnvKeys[] = {
    {"params", Shape::kParams}, {"grid", Shape::kGrid},     {"linked", Shape::kLinked},
    {"policy", Shape::kPolicy}, {"budget", Shape::kBudget},
};

}  // namespace

const char* part_name(Part part) {
  switch (part) {
    case Part::kExperiment:
      return "experiment";
    case Part::kSeeds:
      return "seeds";
    case Part::kBudget:
      return "budget";
    case Part::kEvaluation:
      return "evaluation";
    case Part::kPolicy:
      return "policy";
    case Part::kEnv:
      return "env";
    case Part::kWrapper:
      return "wrapper";
    case Part::kAlgorithm:
      return "algorithm";
    case Part::kPerEnv:
      return "per_env";
  }
  RLRUN_CHECK(false);
}

std::span<const Key> keys_of(Part part) {
  switch (part) {
    case Part::kExperiment:
      return kExperimentKeys;
    case Part::kSeeds:
      return kSeedsKeys;
    case Part::kBudget:
      return kBudgetKeys;
    case Part::kEvaluation:
      return kEvaluationKeys;
    case Part::kPolicy:
      return kPolicyKeys;
    case Part::kEnv:
      return kEnvKeys;
    case Part::kWrapper:
      return kWrapperKeys;
    case Part::kAlgorithm:
      return kAlgorithmKeys;
    case Part::kPerEnv:
      return kPerEnvKeys;
  }
  RLRUN_CHECK(false);
}

const Key* find_key(Part part, const std::string& name) {
  for (const Key& key : keys_of(part))
    if (name == key.name) return &key;
  return nullptr;
}

std::vector<std::string> key_names(Part part) {
  std::vector<std::string> names;
  for (const Key& key : keys_of(part)) names.emplace_back(key.name);
  return names;
}

bool is_note(Part part, const std::string& key) {
  return key.starts_with("x-") || (key == "$schema" && part == Part::kExperiment);
}

std::string printable(const std::string& text) {
  const std::string quoted = json::quote(text.size() > 60 ? text.substr(0, 57) + "..." : text);
  std::string plain;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\' && quoted[i + 1] == '"') ++i;  // quotes may stand as they are
    plain += quoted[i];
  }
  return plain;
}

std::string named(const std::string& key) {
  return "'" + printable(key) + "'";
}

std::string hint(const std::string& name, std::vector<std::string> known) {
  std::string text;
  const std::string near = nearest_name(name, known);
  if (!near.empty()) text += "; did you mean " + named(near) + "?";
  std::sort(known.begin(), known.end());
  text += text.empty() ? ";  known:" : "  known:";
  if (known.empty()) text += " none";
  constexpr std::size_t kShown = 50;
  for (std::size_t i = 0; i < known.size() && i < kShown; ++i) text += " " + printable(known[i]);
  if (known.size() > kShown) text += " ... (" + std::to_string(known.size()) + " in all)";
  return text;
}

}  // namespace rlrun::experiment
