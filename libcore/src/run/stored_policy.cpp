#include "run/stored_policy.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>
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

// A committed trial of a folder before its file is read.
struct Candidate {
  std::string id, label;              // no label: only the file knows it
  std::optional<json::Value> config;  // as planned, with the labels of today
  bool planned = true;                // also where there is no plan
};

// In the plan's order; then those that are outside it.
std::vector<Candidate> candidates_in(const Store& store, std::vector<std::string>& problems) {
  const std::vector<std::string> committed = store.committed();
  std::optional<Store::Plan> plan;
  try {
    plan = store.read_plan();
  } catch (const UserError& error) {
    problems.emplace_back(error.what());
  }
  std::vector<Candidate> candidates;
  std::unordered_set<std::string> planned;
  for (std::size_t i = 0; plan && i < plan->ids.size(); ++i) {
    const std::string& id = plan->ids[i];
    planned.insert(id);
    if (std::binary_search(committed.begin(), committed.end(), id))
      candidates.push_back(
          {id, Trial::from_config(plan->configs[i]).label(), plan->configs[i], true});
  }
  for (const std::string& id : committed)
    if (!planned.contains(id)) candidates.push_back({id, "", std::nullopt, !plan});
  return candidates;
}

}  // namespace

EnvFactory load_env(const Choice& env, const Catalog& catalog, LoadedPlugins& plugins) {
  for (const auto& [kind, entry] : entries_of(env))
    load_plugin(kind, entry->name, catalog, plugins);
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
  for (const auto& [kind, entry] : entries_of(stored.trial.env))
    check_declaration(*entry, kind, catalog);
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

FoundTrials find_trials(const std::filesystem::path& source, const std::string& selector) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(source, ignored)) return {{read_trial(source)}, {}, {}};
  if (!std::filesystem::is_directory(source, ignored))
    throw UserError(source.string() + ": there is no such result folder or trial file",
                    ExitCode::kStore);
  const Store store(source);
  FoundTrials found;
  std::vector<Candidate> candidates = candidates_in(store, found.problems);
  if (candidates.empty())
    throw UserError(
        source.string() +
            (std::filesystem::exists(source / "results.h5", ignored)
                 ? ": holds merged results alone (results.h5); policies are in the files of trials/"
                 : ": holds no finished trial"),
        ExitCode::kStore);
  std::vector<std::string> labels;
  std::size_t unplanned = 0;
  for (Candidate& candidate : candidates) {
    const bool by_id = !selector.empty() && candidate.id.starts_with(selector);
    if (!by_id && !candidate.planned) {
      ++unplanned;
      continue;
    }
    try {
      std::optional<TrialRecord> record;
      if (candidate.label.empty()) {  // no plan has told
        record = read_trial(store.trial_path(candidate.id));
        candidate.label = record->label;
      }
      if (!by_id && !names_trial(selector, candidate.label)) {
        labels.push_back(candidate.label);
        continue;
      }
      if (!record) record = read_trial(store.trial_path(candidate.id));
      record->label = candidate.label;
      if (candidate.config) record->config = *candidate.config;
      found.trials.push_back(std::move(*record));
    } catch (const UserError& error) {
      found.problems.emplace_back(error.what());
    }
  }
  if (unplanned > 0 && selector.empty())
    found.notes.push_back(unplanned_text(unplanned) + "; --trial ID takes one of them");
  if (!found.trials.empty()) return found;
  if (!found.problems.empty()) throw UserError(found.problems.front(), ExitCode::kStore);
  if (labels.empty())
    throw UserError(source.string() + ": holds no finished trial of its plan", ExitCode::kStore);
  constexpr std::size_t kShown = 8;
  std::string known;
  for (std::size_t i = 0; i < labels.size() && i < kShown; ++i)
    known += (i > 0 ? ", " : "") + labels[i];
  if (labels.size() > kShown) known += " and " + std::to_string(labels.size() - kShown) + " more";
  throw UserError(source.string() + ": no trial is called '" + selector + "'; there are " + known,
                  ExitCode::kUsage);
}

}  // namespace rlrun
