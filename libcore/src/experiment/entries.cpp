#include "experiment/entries.hpp"

#include "plugin/fields.hpp"
#include "plugin/names.hpp"

namespace rlrun::experiment {
namespace {

const char* in_words(Kind kind) {
  switch (kind) {
    case Kind::kEnv:
      return "task";
    case Kind::kWrapper:
      return "wrapper";
    case Kind::kPolicy:
      return "policy";
    case Kind::kAlgorithm:
      return "algorithm";
  }
  return "entry";
}

// What papers and other programs call our parameters.
constexpr std::pair<const char*, const char*> kOtherNames[] = {
    {"lr", "step_size"},
    {"learning_rate", "step_size"},
    {"gamma", "discount"},
    {"lam", "gae_lambda"},
    {"lambda", "gae_lambda"},
    {"clip_range", "clip_epsilon"},
    {"clip_ratio", "clip_epsilon"},
    {"clip_coef", "clip_epsilon"},
    {"ent_coef", "entropy_coefficient"},
    {"vf_coef", "value_coefficient"},
    {"n_steps", "rollout_steps"},
    {"num_steps", "rollout_steps"},
    {"num_envs", "n_envs"},
    {"n_epochs", "epochs"},
    {"update_epochs", "epochs"},
    {"batch_size", "minibatch_size"},
    {"buffer_size", "replay_capacity"},
    {"learning_starts", "warmup_steps"},
    {"polyak", "tau"},
    {"delta", "max_kl"},
    {"hidden_sizes", "hidden"},
    {"net_arch", "hidden"},
};

// "; did you mean 'actor_step_size' or 'critic_step_size'?" for "lr"; "" if it is no such name.
std::string known_by_another_name(const std::string& key, const std::vector<std::string>& known) {
  std::string text;
  for (const auto& [other, ours] : kOtherNames) {
    if (key != other) continue;
    for (const std::string& candidate : known)
      if (candidate == ours || candidate.ends_with(std::string("_") + ours))
        text += (text.empty() ? "; did you mean " : " or ") + named(candidate);
  }
  return text.empty() ? "" : text + "?";
}

// A parameter of the policy, the task or a wrapper where only those of one's own stand: where it belongs.
std::string belongs_elsewhere(const std::string& key) {
  for (const auto& [prefix, place] : {std::pair{"policy.", R"("policy": {"params": {)"},
                                      std::pair{"env.", R"("envs": [{"name": ..., "params": {)"}})
    if (key.starts_with(prefix))
      return "; it is written as " + std::string(place) +
             json::quote(printable(key.substr(std::string(prefix).size()))) + ": ...}}" +
             (place[1] == 'e' ? "]" : "");
  if (key.starts_with("with."))
    return R"(; it is written as "envs": [{"name": ..., "with": [{"name": ..., "params": {...}}]}])";
  return "";
}

}  // namespace

std::size_t Entry::parameter(const std::string& key, const Node* where,
                             const json::Value& member) const {
  const auto found = index.find(key);
  if (found != index.end()) return found->second;
  std::vector<std::string> known;
  for (const FieldInfo& field : info.schema) known.push_back(field.name);
  std::string better = belongs_elsewhere(key);
  if (better.empty()) better = known_by_another_name(key, known);
  if (better.empty()) better = hint(key, known);
  const std::string message =
      std::string("unknown parameter ") + named(key) + " of " + info.name + better;
  if (where == nullptr) throw UserError(message);
  where->fail_at_key(member, message);
}

json::Value Entry::checked(std::size_t parameter, const json::Value& value) const {
  return check_param(info.schema[parameter], value);
}

void apply_params(const Entry& entry, const Node& params, json::Value& target) {
  for (const auto& [key, node] : params.members()) {
    const std::size_t i = entry.parameter(key, &params, node.value());
    try {
      (*target.if_object())[i].second = entry.checked(i, node.value());
    } catch (const UserError& error) {
      node.fail(error.what());
    }
  }
}

std::string fitting_policy(const EntryInfo& algorithm, const std::string& env,
                           const std::function<std::string()>& actions) {
  const std::string& own = algorithm.default_policy;
  if (own.empty()) throw UserError(named(algorithm.name) + " has no default policy");
  if (own != "gaussian_mlp") return own;
  const std::string type = actions();
  if (type == "multi_discrete")
    throw UserError(named(env) +
                    " takes several choices at once (MultiDiscrete), for which no built-in policy "
                    "has parameters to learn");
  return type == "discrete" ? "categorical_mlp" : own;
}

const Entry& Entries::get(Kind kind, const std::string& name) {
  const auto found = entries_.find({kind, name});
  if (found != entries_.end()) return found->second;
  check_name(name, std::string(in_words(kind)) + " name");
  Entry entry{source_(kind, name), {}, {}};
  try {
    entry.defaults = rlrun::defaults(entry.info.schema);
  } catch (const UserError& error) {
    throw UserError(std::string(in_words(kind)) + " " + name + ": " + error.what(),
                    ExitCode::kPlugin);
  }
  for (std::size_t i = 0; i < entry.info.schema.size(); ++i)
    entry.index.emplace(entry.info.schema[i].name, i);
  return entries_.emplace(std::pair(kind, name), std::move(entry)).first->second;
}

const Entry& Entries::get(Kind kind, const std::string& name, const Node& where) {
  try {
    return get(kind, name);
  } catch (const UserError& error) {
    where.fail(error.what(), error.code());
  }
}

}  // namespace rlrun::experiment
