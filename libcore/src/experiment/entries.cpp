#include "experiment/entries.hpp"

#include "plugin/fields.hpp"

namespace rlrun::experiment {
namespace {

const char* in_words(Kind kind) {
  switch (kind) {
    case Kind::kEnv:
      return "task";
    case Kind::kPolicy:
      return "policy";
    case Kind::kAlgorithm:
      return "algorithm";
  }
  return "entry";
}

}  // namespace

std::size_t Entry::parameter(const std::string& key, const Node* where,
                             const json::Value& member) const {
  const auto found = index.find(key);
  if (found != index.end()) return found->second;
  std::vector<std::string> known;
  for (const FieldInfo& field : info.schema) known.push_back(field.name);
  const std::string message =
      std::string("unknown parameter ") + named(key) + " of " + info.name + hint(key, known);
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
