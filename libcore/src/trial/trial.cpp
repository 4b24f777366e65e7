// What identifies a trial.

#include "trial/trial.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "rlrun/error.hpp"

#include "trial/checksum.hpp"

namespace rlrun {
namespace {

json::Value choice_config(const Choice& choice) {
  json::Object config{{"name", choice.name}, {"label", choice.label}, {"params", choice.params}};
  // Only where there are wrappers: trials without are what they were before these existed.
  if (!choice.with.empty()) {
    json::Array wrappers;
    for (const Choice& wrapper : choice.with)
      wrappers.push_back(json::Object{{"name", wrapper.name}, {"params", wrapper.params}});
    config.emplace_back("with", std::move(wrappers));
  }
  return config;
}

json::Value budget_config(const Budget& budget) {
  if (budget.iterations > 0) return json::Object{{"iterations", budget.iterations}};
  return json::Object{{"steps", budget.steps}};
}

// Likewise: only where there are any.
void add_evaluation(const EvaluationPlan& plan, json::Object& config) {
  if (plan.every > 0)
    config.emplace_back("evaluation",
                        json::Object{{"every", plan.every}, {"episodes", plan.episodes}});
}

// Likewise.
void add_penalty(double penalty, json::Object& config) {
  if (penalty > 0) config.emplace_back("unstable_penalty", penalty);
}

const json::Value& member(const json::Value& value, const char* key) {
  const json::Value* found = value.find(key);
  if (found == nullptr)
    throw UserError(std::string("trial configuration: '") + key + "' is missing");
  return *found;
}

[[noreturn]] void wrong(const char* key) {
  throw UserError(std::string("trial configuration: '") + key + "' has a wrong type or value");
}

std::string text_member(const json::Value& value, const char* key) {
  const std::string* text = member(value, key).if_string();
  if (text == nullptr) wrong(key);
  return *text;
}

const json::Value& params_member(const json::Value& choice) {
  const json::Value& params = member(choice, "params");
  if (params.if_object() == nullptr) wrong("params");
  return params;
}

Choice read_choice(const json::Value& config, const char* key) {
  const json::Value& value = member(config, key);
  Choice choice{text_member(value, "name"), text_member(value, "label"), params_member(value)};
  if (const json::Value* with = value.find("with")) {
    if (with->if_array() == nullptr) wrong("with");
    for (const json::Value& wrapper : *with->if_array()) {
      const std::string name = text_member(wrapper, "name");
      choice.with.push_back({name, name, params_member(wrapper)});
    }
  }
  return choice;
}

Budget read_budget(const json::Value& config) {
  const json::Value& value = member(config, "budget");
  const json::Value* iterations = value.find("iterations");
  const json::Value* steps = value.find("steps");
  const json::Value* given = iterations != nullptr ? iterations : steps;
  if (given == nullptr || (iterations != nullptr && steps != nullptr)) wrong("budget");
  const std::int64_t* amount = given->if_int();
  if (amount == nullptr || *amount <= 0) wrong("budget");
  return iterations != nullptr ? Budget{.iterations = *amount} : Budget{.steps = *amount};
}

EvaluationPlan read_evaluation(const json::Value& config) {
  const json::Value* value = config.find("evaluation");
  if (value == nullptr) return {};
  const std::int64_t* every = member(*value, "every").if_int();
  const std::int64_t* episodes = member(*value, "episodes").if_int();
  if (every == nullptr || episodes == nullptr || *every <= 0 || *episodes <= 0) wrong("evaluation");
  return {*every, *episodes};
}

double read_penalty(const json::Value& config) {
  const json::Value* value = config.find("unstable_penalty");
  if (value == nullptr) return 0;
  const double* penalty = value->if_double();
  if (penalty == nullptr || !(*penalty > 0)) wrong("unstable_penalty");
  return *penalty;
}

enum class HashOf { kTrial, kCourse };

// The hash of an identity. Trials of one setting have all but the seed's digits in common.
class HashOfSeed {
 public:
  HashOfSeed(HashOf what, const Trial& trial) {
    const bool whole_trial = what == HashOf::kTrial;
    json::Value whole = with_seed(identity_of(trial.config()), 0);
    if (!whole_trial) whole["budget"] = json::Value();
    // In the order of names only a number comes after the seed, so the last such member is the one.
    const std::string text =
        (whole_trial ? "rlrun trial 1\n" : "rlrun course 1\n") + json::canonical(whole);
    const std::string_view member = "\"seed\":";
    const std::size_t digits = text.rfind(member) + member.size();
    before_.update(std::string_view(text).substr(0, digits));
    after_ = text.substr(digits + 1);
  }
  std::string operator()(std::uint64_t seed) const {
    constexpr std::size_t kDigits = 16;
    Sha256 sha = before_;
    sha.update(std::to_string(static_cast<std::int64_t>(seed)) + after_);
    return to_hex(sha.finish()).substr(0, kDigits);
  }

 private:
  Sha256 before_;
  std::string after_;
};

std::vector<std::string> hashes_of(const std::vector<Trial>& trials, HashOf what) {
  std::vector<std::string> hashes;
  hashes.reserve(trials.size());
  const Trial* before = nullptr;
  std::optional<HashOfSeed> hash;
  for (const Trial& trial : trials) {
    if (before == nullptr || !differ_in_seed_alone(*before, trial)) hash.emplace(what, trial);
    hashes.push_back((*hash)(trial.seed));
    before = &trial;
  }
  return hashes;
}

}  // namespace

std::string decorated_name(const Choice& env) {
  std::string name = env.name;
  for (const Choice& wrapper : env.with) name += "+" + wrapper.name;
  return name;
}

json::Value Trial::config() const {
  json::Object config{{"env", choice_config(env)},
                      {"algorithm", choice_config(algorithm)},
                      {"policy", choice_config(policy)},
                      {"budget", budget_config(budget)},
                      {"seed", static_cast<std::int64_t>(seed)},
                      {"setting", setting}};
  add_evaluation(evaluation, config);
  add_penalty(unstable_penalty, config);
  return config;
}

Trial Trial::from_config(const json::Value& config) {
  Trial trial;
  trial.env = read_choice(config, "env");
  trial.algorithm = read_choice(config, "algorithm");
  trial.policy = read_choice(config, "policy");
  trial.budget = read_budget(config);
  trial.evaluation = read_evaluation(config);
  trial.unstable_penalty = read_penalty(config);
  const std::int64_t* seed = member(config, "seed").if_int();
  if (seed == nullptr || *seed < 0) wrong("seed");
  trial.seed = static_cast<std::uint64_t>(*seed);
  trial.setting = text_member(config, "setting");
  return trial;
}

std::string Trial::id() const {
  return HashOfSeed(HashOf::kTrial, *this)(seed);
}

std::string Trial::course() const {
  return HashOfSeed(HashOf::kCourse, *this)(seed);
}

json::Value identity_of(const json::Value& config) {
  const json::Object* members = config.if_object();
  if (members == nullptr) return config;
  json::Object identity;
  for (const auto& [key, value] : *members) {
    if (key == "setting") continue;
    if (const json::Object* choice = value.if_object()) {
      json::Object rest;
      for (const auto& member : *choice)
        if (member.first != "label") rest.push_back(member);
      identity.emplace_back(key, std::move(rest));
    } else {
      identity.emplace_back(key, value);
    }
  }
  return identity;
}

json::Value without_seed(const json::Value& config) {
  json::Object setting;
  for (const auto& member : *config.if_object())
    if (member.first != "seed") setting.push_back(member);
  return setting;
}

json::Value with_seed(const json::Value& setting, std::int64_t seed) {
  // To size: there is one for each of many trials.
  json::Object config;
  config.reserve(setting.if_object()->size() + 1);
  for (const auto& member : *setting.if_object())
    if (member.first != "seed") config.push_back(member);
  config.emplace_back("seed", seed);
  return config;
}

bool differ_in_seed_alone(const Trial& a, const Trial& b) {
  const auto same = [](const Choice& x, const Choice& y) {
    return x.name == y.name && x.label == y.label && x.params.shares(y.params);
  };
  return same(a.env, b.env) && same(a.algorithm, b.algorithm) && same(a.policy, b.policy) &&
         std::equal(a.env.with.begin(), a.env.with.end(), b.env.with.begin(), b.env.with.end(),
                    same) &&
         a.budget.iterations == b.budget.iterations && a.budget.steps == b.budget.steps &&
         a.evaluation.every == b.evaluation.every &&
         a.evaluation.episodes == b.evaluation.episodes &&
         a.unstable_penalty == b.unstable_penalty && a.setting == b.setting;
}

std::vector<std::string> ids_of(const std::vector<Trial>& trials) {
  return hashes_of(trials, HashOf::kTrial);
}

std::vector<std::string> courses_of(const std::vector<Trial>& trials) {
  return hashes_of(trials, HashOf::kCourse);
}

std::string Trial::label() const {
  std::string text = algorithm.label + "/" + env.label;
  if (!setting.empty()) text += "/" + setting;
  return text + "/seed=" + std::to_string(seed);
}

}  // namespace rlrun
