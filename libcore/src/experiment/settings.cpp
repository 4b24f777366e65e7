#include "experiment/settings.hpp"

#include <algorithm>
#include <set>

namespace rlrun::experiment {
namespace {

bool has_key(const Axis& axis, const std::string& key) {
  return std::find(axis.keys.begin(), axis.keys.end(), key) != axis.keys.end();
}

// Adds one list of values to an axis.
void add_list(Axis& axis, const std::string& key, const Node& list) {
  const std::size_t rows = list.array().size();
  if (rows == 0)
    list.fail("an empty list sweeps nothing; give values or leave " + named(key) + " out");
  if (rows > static_cast<std::size_t>(kMaxTrials))
    list.fail(std::to_string(rows) + " values are more than the " + std::to_string(kMaxTrials) +
              " trials that an experiment may have");
  if (!axis.keys.empty() && rows != axis.rows)
    list.fail("linked values need lists of one length: " + named(axis.keys.front()) + " has " +
              std::to_string(axis.rows) + ", " + named(key) + " has " + std::to_string(rows));
  axis.keys.push_back(key);
  axis.lists.push_back(list);
  axis.rows = rows;
}

// Swept twice, or swept and fixed, in one place of the file.
void check_once(const Node& owner, const std::vector<Axis>& axes) {
  std::set<std::string> seen;
  const std::optional<Node> params = owner.find("params");
  for (const Axis& axis : axes)
    for (std::size_t k = 0; k < axis.keys.size(); ++k) {
      if (!seen.insert(axis.keys[k]).second)
        axis.lists[k].fail(named(axis.keys[k]) + " is swept twice");
      if (params && params->find(axis.keys[k]))
        axis.lists[k].fail(named(axis.keys[k]) + " is swept here and fixed in 'params'; keep one");
    }
}

struct Found {
  const Entry* entry;
  Target target;
};

Found find_target(const Scope& scope, const std::string& key, const Node& list) {
  const auto reach = [&](Kind kind, const Entry* entry, const std::string& name) -> Found {
    if (entry == nullptr)
      list.fail(named(key) +
                " is out of reach here: the grid of a task sweeps parameters of the task only");
    // The list stands for its member: messages belong to the key.
    return {entry, {kind, entry->parameter(name, &list, list.value())}};
  };
  if (const auto parts = wrapper_key(key)) {
    for (std::size_t i = 0; i < scope.wrappers.size(); ++i) {
      const Entry& wrapper = *scope.wrappers[i];
      if (wrapper.info.name != parts->wrapper) continue;
      Found found = reach(Kind::kWrapper, &wrapper, parts->parameter);
      found.target.wrapper = i;
      return found;
    }
    std::vector<std::string> known;
    for (const Entry* wrapper : scope.wrappers) known.push_back(wrapper->info.name);
    list.fail_at_key(list.value(), "no wrapper " + named(parts->wrapper) + " around " +
                                       scope.env->info.name + " in 'with'" +
                                       hint(parts->wrapper, known));
  }
  if (key.starts_with("policy.")) return reach(Kind::kPolicy, scope.policy, key.substr(7));
  if (key.starts_with("env.") && scope.own != Kind::kEnv)
    return reach(Kind::kEnv, scope.env, key.substr(4));
  return reach(scope.own, scope.own == Kind::kEnv ? scope.env : scope.algorithm, key);
}

ResolvedAxis resolve_axis(const Axis& axis, const Scope& scope) {
  ResolvedAxis resolved;
  resolved.keys = axis.keys;
  for (std::size_t k = 0; k < axis.keys.size(); ++k) {
    const Found found = find_target(scope, axis.keys[k], axis.lists[k]);
    resolved.targets.push_back(found.target);
    std::vector<json::Value>& values = resolved.values.emplace_back();
    for (const Node& item : axis.lists[k].elements()) {
      try {
        values.push_back(found.entry->checked(found.target.parameter, item.value()));
      } catch (const UserError& error) {
        item.fail(error.what());
      }
    }
  }
  // Compared after the check, so that 1 and 1.0 are one value of a number.
  std::set<std::string> seen;
  for (std::size_t row = 0; row < axis.rows; ++row) {
    std::string text;
    for (const auto& values : resolved.values) text += json::canonical(values[row]) + ";";
    if (!seen.insert(text).second)
      axis.lists.front().elements()[row].fail(
          "the same value" + std::string(axis.keys.size() > 1 ? "s are" : " is") + " listed twice");
  }
  return resolved;
}

std::string in_words(const json::Value& value) {
  if (const std::string* text = value.if_string()) return printable(*text);
  std::string text = json::canonical(value);
  if (value.if_double() != nullptr && text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

}  // namespace

std::vector<Axis> read_axes(const Node& owner) {
  std::vector<Axis> axes;
  if (const std::optional<Node> grid = owner.find("grid"))
    for (const auto& [key, list] : grid->members()) add_list(axes.emplace_back(), key, list);
  if (const std::optional<Node> linked = owner.find("linked"))
    for (const Node& group : linked->elements()) {
      Axis& axis = axes.emplace_back();
      for (const auto& [key, list] : group.members()) add_list(axis, key, list);
      if (axis.keys.empty()) group.fail("linked values need parameters");
    }
  check_once(owner, axes);
  return axes;
}

std::vector<Axis> merge_axes(const std::vector<Axis>& general, const Node& special) {
  const std::vector<Axis> own = read_axes(special);
  std::vector<Axis> merged;
  const bool relinked = special.find("linked").has_value();
  const auto replaced = [&](const Axis& axis) {
    if (relinked && axis.keys.size() > 1) return true;
    const auto fixed = special.find("params");
    for (const std::string& key : axis.keys) {
      const auto swept = std::find_if(own.begin(), own.end(),
                                      [&](const Axis& other) { return has_key(other, key); });
      if (swept == own.end() && !(fixed && fixed->find(key))) continue;
      if (axis.keys.size() > 1)
        special.fail(named(key) +
                     " is linked with others for all tasks; say here with 'linked' how they move");
      return true;
    }
    return false;
  };
  for (const Axis& axis : general)
    if (!replaced(axis)) merged.push_back(axis);
  merged.insert(merged.end(), own.begin(), own.end());
  return merged;
}

std::vector<ResolvedAxis> resolve(const std::vector<Axis>& axes, const Scope& scope) {
  std::vector<ResolvedAxis> resolved;
  for (const Axis& axis : axes) resolved.push_back(resolve_axis(axis, scope));
  return resolved;
}

std::int64_t capped_product(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return 0;
  return a > (kMaxTrials + 1) / b ? kMaxTrials + 1 : std::min(a * b, kMaxTrials + 1);
}

std::int64_t count_settings(const std::vector<ResolvedAxis>& axes) {
  std::int64_t count = 1;
  for (const ResolvedAxis& axis : axes)
    count = capped_product(count, static_cast<std::int64_t>(axis.rows()));
  return count;
}

std::optional<WrapperKey> wrapper_key(const std::string& key) {
  const std::string prefix = "with.";
  const std::size_t dot = key.rfind('.');  // names may have dots, parameters have none
  if (!key.starts_with(prefix) || dot <= prefix.size()) return std::nullopt;
  return WrapperKey{key.substr(prefix.size(), dot - prefix.size()), key.substr(dot + 1)};
}

std::string apply_setting(const std::vector<ResolvedAxis>& axes, std::int64_t i, Choice* env,
                          Choice* policy, Choice* algorithm) {
  std::vector<std::size_t> row(axes.size());
  for (std::size_t a = axes.size(); a-- > 0;) {
    const auto rows = static_cast<std::int64_t>(axes[a].rows());
    row[a] = static_cast<std::size_t>(i % rows);
    i /= rows;
  }
  std::string words;
  for (std::size_t a = 0; a < axes.size(); ++a)
    for (std::size_t k = 0; k < axes[a].keys.size(); ++k) {
      const Target& target = axes[a].targets[k];
      Choice* choice = target.kind == Kind::kEnv       ? env
                       : target.kind == Kind::kWrapper ? &env->with[target.wrapper]
                       : target.kind == Kind::kPolicy  ? policy
                                                       : algorithm;
      const json::Value& value = axes[a].values[k][row[a]];
      (*choice->params.if_object())[target.parameter].second = value;
      words += (words.empty() ? "" : ", ") + axes[a].keys[k] + "=" + in_words(value);
    }
  return words;
}

}  // namespace rlrun::experiment
