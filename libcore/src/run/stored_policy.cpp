#include "run/stored_policy.hpp"

#include <utility>

#include "rlrun/error.hpp"

#include "plugin/fields.hpp"
#include "run/run_trial.hpp"
#include "store/store.hpp"

namespace rlrun {
namespace {

void load_plugin(Kind kind, const std::string& name, const Catalog& catalog,
                 LoadedPlugins& plugins) {
  if (const PluginFile* file = catalog.find(kind, name)) plugins.load(*file);
}

// A plugin may have gained or lost parameters since the trial.
void check_declaration(const Choice& choice, Kind kind, Catalog& catalog) {
  const Schema& schema = catalog.info(kind, choice.name).schema;
  const json::Object* given = choice.params.if_object();
  const std::string what = "the trial was made by another version of " +
                           std::string(kind_name(kind)) + " " + choice.name;
  if (given == nullptr || given->size() != schema.size())
    throw UserError(what + ": it has " + std::to_string(schema.size()) +
                        " parameters now, the trial has " +
                        std::to_string(given == nullptr ? 0 : given->size()),
                    ExitCode::kPlugin);
  for (const FieldInfo& field : schema) {
    const json::Value* value = choice.params.find(field.name);
    if (value == nullptr)
      throw UserError(what + ": it has no '" + field.name + "'", ExitCode::kPlugin);
    try {
      check_param(field, *value);
    } catch (const UserError& error) {
      throw UserError(what + ": " + error.what(), ExitCode::kPlugin);
    }
  }
}

// Whether the label contains the text. A number at either end of the text is a whole one: "seed=1"
// is not found in "seed=12".
bool names_trial(const std::string& text, const std::string& label) {
  const auto in_number = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  for (std::size_t at = label.find(text); at != std::string::npos; at = label.find(text, at + 1)) {
    const std::size_t end = at + text.size();
    const bool goes_on =
        !text.empty() && end < label.size() && in_number(text.back()) && in_number(label[end]);
    const bool began = !text.empty() && at > 0 && in_number(text[0]) && in_number(label[at - 1]);
    if (!goes_on && !began) return true;
  }
  return false;
}

}  // namespace

EnvFactory load_env(const Choice& env, const Catalog& catalog, LoadedPlugins& plugins) {
  load_plugin(Kind::kEnv, env.name, catalog, plugins);
  return make_env(env, plugins);
}

StoredPolicy load_policy(const TrialRecord& record, Catalog& catalog, LoadedPlugins& plugins,
                         WhichPolicy which) {
  if (record.status != TrialStatus::kComplete)
    throw UserError("trial " + record.id + " (" + record.label +
                    ") failed and left no policy: " + record.cause.message);
  if (which == WhichPolicy::kBest && !record.best_policy)
    throw UserError("trial " + record.id + " (" + record.label +
                    ") made no evaluations and so knows no best policy; give the experiment "
                    "\"evaluation\", or leave out --best");
  const VectorF& params =
      which == WhichPolicy::kBest ? record.best_policy->params : record.policy_params;
  StoredPolicy stored;
  if (!record.curves.steps.empty()) stored.steps = record.curves.steps.back();
  if (which == WhichPolicy::kBest) stored.steps = record.best_policy->steps;
  stored.trial = Trial::from_config(record.config);
  check_declaration(stored.trial.env, Kind::kEnv, catalog);
  check_declaration(stored.trial.policy, Kind::kPolicy, catalog);
  stored.env = load_env(stored.trial.env, catalog, plugins);
  load_plugin(Kind::kPolicy, stored.trial.policy.name, catalog, plugins);
  auto policy = make_policy(stored.trial, plugins, stored.env()->spec());
  if (policy->params().size() != params.size())
    throw UserError("trial " + record.id + " (" + record.label + ") holds " +
                        std::to_string(params.size()) + " numbers, but its policy " +
                        stored.trial.policy.name + " has " +
                        std::to_string(policy->params().size()) + " parameters",
                    ExitCode::kStore);
  policy->set_params(params);
  stored.policy = std::move(policy);
  return stored;
}

std::vector<TrialRecord> find_trials(const std::filesystem::path& source,
                                     const std::string& selector) {
  std::vector<TrialRecord> found;
  if (std::filesystem::is_regular_file(source)) {
    found.push_back(read_trial(source));
    return found;
  }
  if (!std::filesystem::is_directory(source))
    throw UserError(source.string() + ": no such result folder or trial file");
  const Store store(source);
  std::vector<std::string> labels;
  for (const std::string& id : store.committed()) {
    TrialRecord record = read_trial(store.trial_path(id));
    if (record.id.starts_with(selector) || names_trial(selector, record.label))
      found.push_back(std::move(record));
    else
      labels.push_back(record.label);
  }
  if (found.empty()) {
    constexpr std::size_t kShown = 8;
    std::string known;
    for (std::size_t i = 0; i < labels.size() && i < kShown; ++i) known += "\n  " + labels[i];
    if (labels.size() > kShown)
      known += "\n  and " + std::to_string(labels.size() - kShown) + " more";
    throw UserError(labels.empty() ? source.string() + ": holds no finished trial"
                                   : source.string() + ": no trial is called '" + selector +
                                         "'; there are" + known);
  }
  return found;
}

}  // namespace rlrun
