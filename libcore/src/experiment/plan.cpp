#include "experiment/plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "experiment/members.hpp"
#include "experiment/settings.hpp"

namespace rlrun::experiment {
namespace {

// A task with one setting of its own grid.
struct EnvVariant {
  const Entry* entry;
  std::vector<const Entry*> wrappers;  // of choice.with
  Choice choice;
  std::string listed_label;  // as in the file, without the setting
  double unstable_penalty = 0;
};

// What decides about a policy: the experiment, the algorithm, the task, from general to special.
using Layers = std::vector<Node>;

struct ResolvedPolicy {
  const Entry* entry;
  Choice choice;
};

// An algorithm on a task, with all its settings.
struct Pair {
  const EnvVariant* env;
  const Entry* algorithm;
  Choice algorithm_choice;
  ResolvedPolicy policy;
  Budget budget;
  std::vector<ResolvedAxis> axes;
  std::int64_t n_settings = 1;
};

class Planner {
 public:
  Planner(Experiment& experiment, const InfoSource& info)
      : experiment_(experiment),
        root_(experiment.source, experiment.file),
        info_(info),
        entries_(info) {}

  void run() {
    root_.check_keys(Part::kExperiment);
    if (const Node format = root_.at("format"); format.whole(1, INT64_MAX) != 1)
      format.fail("this rlrun reads format 1");
    read_title();
    seeds_ = read_seeds(root_.at("seeds"));
    // Whole lists first: what is wrong with a later element shows before any expansion.
    const std::vector<Node> algorithms = listed("algorithms"), envs = listed("envs");
    count_trials(static_cast<std::int64_t>(algorithms.size()),
                 static_cast<std::int64_t>(envs.size()));
    read_envs(envs);
    for (const Node& node : algorithms) read_algorithm(node);
    for (std::size_t a = 0; a < pairs_.size(); ++a) expand(algorithms[a], pairs_[a]);
  }

 private:
  void read_title() {
    const auto title = root_.find("title");
    experiment_.title = title ? title->text() : experiment_.name;
    if (const auto budget = root_.find("budget")) (void)read_budget(*budget);
    if (const auto evaluation = root_.find("evaluation"))
      evaluation_ = read_evaluation(*evaluation);
    if (const auto policy = root_.find("policy")) check_policy_shape(*policy);
  }

  std::vector<Node> listed(const char* key) const {
    const Node list = root_.at(key);
    if (list.array().empty()) list.fail("the list is empty; name at least one");
    return list.elements();
  }

  // Adds to the number of trials; a failure beyond the limit.
  void count_trials(std::int64_t settings, std::int64_t envs) const {
    const std::int64_t count =
        capped_product(capped_product(settings, envs), static_cast<std::int64_t>(seeds_.size()));
    if (count > kMaxTrials)
      root_.fail("more than " + std::to_string(kMaxTrials) +
                 " trials; split the experiment or thin out its grids");
  }

  // --- tasks

  void read_envs(const std::vector<Node>& nodes) {
    std::set<std::string> labels;
    for (const Node& node : nodes) {
      const bool short_form = node.value().if_string() != nullptr;
      if (!short_form) node.check_keys(Part::kEnv);
      const Node name = short_form ? node : node.at("name");
      const Entry& entry = entries_.get(Kind::kEnv, name.text(), name);
      Choice choice{name.text(), name.text(), entry.defaults};
      std::vector<const Entry*> wrappers;
      if (!short_form) wrappers = read_wrappers(node, choice);
      choice.label = decorated_name(choice);
      if (!short_form) choice.label = read_label(node, choice.label);
      const std::string label = choice.label;
      if (!labels.insert(label).second)
        node.fail("a second task with the label " + named(label) + "; give it a label of its own");
      env_labels_.push_back(label);
      env_names_.push_back(name.text());
      const double penalty = short_form ? 0 : read_unstable_penalty(node);
      std::vector<ResolvedAxis> axes;
      if (!short_form) {
        if (const auto given = node.find("params")) apply_params(entry, *given, choice.params);
        const std::vector<Axis> read = read_axes(node);
        check_wrappers_once(node, read);
        axes = resolve(read, {.own = Kind::kEnv, .env = &entry, .wrappers = wrappers});
      }
      const std::int64_t n = count_settings(axes);
      count_trials(n, static_cast<std::int64_t>(envs_.size()) + 1);
      for (std::int64_t i = 0; i < n; ++i) {
        EnvVariant variant{&entry, wrappers, choice, label, penalty};
        // Other parameters make another task: a row of its own in the tables.
        const std::string words = apply_setting(axes, i, &variant.choice, nullptr, nullptr);
        if (!words.empty()) variant.choice.label += " " + words;
        if (!words.empty() && !labels.insert(variant.choice.label).second)
          node.fail("a second task with the label " + named(variant.choice.label));
        envs_.push_back(std::move(variant));
      }
    }
  }

  // Fills `choice.with`.
  std::vector<const Entry*> read_wrappers(const Node& env, Choice& choice) {
    std::vector<const Entry*> entries;
    const auto list = env.find("with");
    if (!list) return entries;
    for (const Node& node : list->elements()) {
      const bool short_form = node.value().if_string() != nullptr;
      if (!short_form) node.check_keys(Part::kWrapper);
      const Node name = short_form ? node : node.at("name");
      const Entry& entry = entries_.get(Kind::kWrapper, name.text(), name);
      // Settings and streams go by the name.
      if (std::find(entries.begin(), entries.end(), &entry) != entries.end())
        name.fail("a second wrapper " + named(name.text()) + " around one task; keep one");
      json::Value params = entry.defaults;
      if (const auto given = short_form ? std::nullopt : node.find("params"))
        apply_params(entry, *given, params);
      entries.push_back(&entry);
      choice.with.push_back({name.text(), name.text(), std::move(params)});
    }
    return entries;
  }

  // What `read_axes` sees to where parameters are the owner's own.
  static void check_wrappers_once(const Node& env, const std::vector<Axis>& axes) {
    for (const Axis& axis : axes)
      for (std::size_t k = 0; k < axis.keys.size(); ++k) {
        const auto parts = wrapper_key(axis.keys[k]);
        const auto list = env.find("with");
        if (!parts || !list) continue;
        for (const Node& node : list->elements()) {
          if (node.value().if_object() == nullptr || node.at("name").text() != parts->wrapper)
            continue;
          if (const auto params = node.find("params"); params && params->find(parts->parameter))
            axis.lists[k].fail(named(axis.keys[k]) +
                               " is swept here and fixed in 'with'; keep one");
        }
      }
  }

  // --- algorithms

  void read_algorithm(const Node& node) {
    const bool short_form = node.value().if_string() != nullptr;
    if (!short_form) node.check_keys(Part::kAlgorithm);
    const Node name = short_form ? node : node.at("name");
    const Entry& entry = entries_.get(Kind::kAlgorithm, name.text(), name);
    const std::string label = read_label(node, name.text());
    if (!algorithm_labels_.insert(label).second)
      node.fail("a second algorithm with the label " + named(label) +
                "; give it a label of its own");
    const std::vector<Axis> axes = read_axes(node);
    if (const auto policy = node.find("policy")) check_policy_shape(*policy);
    check_per_env(node);
    std::vector<Pair>& pairs = pairs_.emplace_back();
    std::int64_t total = 0;
    for (const EnvVariant& env : envs_) {
      pairs.push_back(read_pair(node, entry, label, axes, env));
      total += pairs.back().n_settings;
      trials_ += pairs.back().n_settings;
      count_trials(total, 1);
      count_trials(trials_, 1);
    }
  }

  void check_per_env(const Node& algorithm) {
    const auto per_env = algorithm.find("per_env");
    if (!per_env) return;
    for (const auto& [key, node] : per_env->members()) {
      node.check_keys(Part::kPerEnv);
      if (const auto policy = node.find("policy")) check_policy_shape(*policy);
      if (is_listed_env(key) || is_known_env(key)) continue;
      std::vector<std::string> known = env_labels_;
      known.insert(known.end(), env_names_.begin(), env_names_.end());
      std::sort(known.begin(), known.end());
      known.erase(std::unique(known.begin(), known.end()), known.end());
      per_env->fail_at_key(node.value(),
                           "no task " + named(key) + " in this experiment" + hint(key, known));
    }
  }

  bool is_listed_env(const std::string& key) const {
    const auto in = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), key) != names.end();
    };
    return in(env_labels_) || in(env_names_);
  }

  // A task that exists but is not listed is no mistake: the list may have been cut short by --set.
  bool is_known_env(const std::string& key) {
    try {
      (void)entries_.get(Kind::kEnv, key);
      return true;
    } catch (const UserError&) {
      return false;
    }
  }

  Pair read_pair(const Node& node, const Entry& entry, const std::string& label,
                 const std::vector<Axis>& general_axes, const EnvVariant& env) {
    const auto per_env = node.find("per_env");
    std::optional<Node> special;
    if (per_env) special = per_env->find(env.listed_label);
    if (per_env && !special) special = per_env->find(env.choice.name);

    Pair pair{&env, &entry, {entry.info.name, label, entry.defaults}, {}, {}, {}, 1};
    Layers policies;
    std::optional<Node> budget;
    const auto collect = [&](const std::optional<Node>& layer) {
      if (!layer) return;
      if (const auto policy = layer->find("policy")) policies.push_back(*policy);
      if (const auto given = layer->find("budget")) budget = given;
    };
    collect(root_);
    collect(node);
    collect(special);
    if (!budget)
      node.fail("no budget for " + named(label) + " on " + named(env.choice.label) +
                "; give the experiment or the algorithm one, such as {\"iterations\": 500}");
    pair.budget = read_budget(*budget);
    if (const auto params = node.find("params"))
      apply_params(entry, *params, pair.algorithm_choice.params);
    if (const auto params = special ? special->find("params") : std::nullopt)
      apply_params(entry, *params, pair.algorithm_choice.params);
    pair.policy = resolve_policy(policies, node, entry, env);
    const Scope scope{Kind::kAlgorithm, env.entry, env.wrappers, pair.policy.entry, &entry};
    pair.axes = resolve(special ? merge_axes(general_axes, *special) : general_axes, scope);
    pair.n_settings = count_settings(pair.axes);
    return pair;
  }

  // --- policies

  // Those of the first setting of a task's grid are taken for all: it is the same task.
  const std::string& actions_of(const EnvVariant& env) {
    if (actions_.empty()) {
      std::vector<std::string> labels;
      std::vector<Choice> first;
      for (const EnvVariant& variant : envs_) {
        if (!labels.empty() && labels.back() == variant.listed_label) continue;
        labels.push_back(variant.listed_label);
        first.push_back(variant.choice);
      }
      const std::vector<std::string> types = info_.actions(first);
      for (std::size_t i = 0; i < labels.size(); ++i) actions_[labels[i]] = types[i];
    }
    return actions_[env.listed_label];
  }

  // A layer with a name starts afresh; one with parameters alone refines the layers before it.
  ResolvedPolicy resolve_policy(const Layers& layers, const Node& algorithm, const Entry& entry,
                                const EnvVariant& env) {
    std::string name;
    Node name_place = algorithm;
    std::size_t first = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const bool short_form = layers[i].value().if_string() != nullptr;
      const auto given = short_form ? std::optional<Node>(layers[i]) : layers[i].find("name");
      if (!given) continue;
      name = given->text();
      name_place = *given;
      first = i;
    }
    if (name.empty()) {
      try {
        name = fitting_policy(entry.info, env.choice.name, [&] { return actions_of(env); });
      } catch (const UserError& error) {
        algorithm.fail(std::string(error.what()) + "; name a policy with 'policy'");
      }
    }
    const Entry& policy = entries_.get(Kind::kPolicy, name, name_place);
    ResolvedPolicy resolved{&policy, {name, name, policy.defaults}};
    for (std::size_t i = first; i < layers.size(); ++i)
      if (const auto params = layers[i].find("params"))
        apply_params(policy, *params, resolved.choice.params);
    return resolved;
  }

  // --- expansion

  void expand(const Node& node, const std::vector<Pair>& pairs) {
    std::int64_t most = 0;
    for (const Pair& pair : pairs) most = std::max(most, pair.n_settings);
    for (std::int64_t setting = 0; setting < most; ++setting)
      for (const Pair& pair : pairs)
        if (setting < pair.n_settings) add_trials(node, pair, setting);
  }

  void add_trials(const Node& node, const Pair& pair, std::int64_t setting) {
    Trial trial;
    trial.env = pair.env->choice;
    trial.algorithm = pair.algorithm_choice;
    trial.policy = pair.policy.choice;
    trial.budget = pair.budget;
    trial.evaluation = evaluation_;
    trial.unstable_penalty = pair.env->unstable_penalty;
    trial.setting = apply_setting(pair.axes, setting, &trial.env, &trial.policy, &trial.algorithm);
    std::vector<Trial> trials(seeds_.size(), trial);
    for (std::size_t i = 0; i < seeds_.size(); ++i) trials[i].seed = seeds_[i];
    const std::vector<std::string> ids = ids_of(trials);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      const auto [other, is_new] = ids_.emplace(ids[i], experiment_.trials.size());
      if (!is_new)
        node.fail("the trial " + trials[i].label() + " is the same as " +
                  experiment_.trials[other->second].label() +
                  ": both have the same parameters in the end; remove one");
      experiment_.trials.push_back(std::move(trials[i]));
    }
  }

  Experiment& experiment_;
  Node root_;
  const InfoSource& info_;
  Entries entries_;
  std::vector<std::uint64_t> seeds_;
  EvaluationPlan evaluation_;
  std::vector<EnvVariant> envs_;
  std::map<std::string, std::string> actions_;  // their types, by listed label; once asked for
  std::vector<std::string> env_labels_, env_names_;
  std::set<std::string> algorithm_labels_;
  std::vector<std::vector<Pair>> pairs_;  // [algorithm][task]
  std::int64_t trials_ = 0;
  std::unordered_map<std::string, std::size_t> ids_;
};

}  // namespace

void plan(Experiment& experiment, const InfoSource& info) {
  Planner(experiment, info).run();
}

}  // namespace rlrun::experiment
