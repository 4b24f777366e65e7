#include "plugin/inspect.hpp"

#include <limits>

#include "rlrun/error.hpp"

#include "plugin/fields.hpp"
#include "plugin/make_env.hpp"

namespace rlrun {
namespace {

json::Value to_json(const FieldInfo& field) {
  json::Object object = {
      {"name", field.name},
      {"type", field.type},
      {"default", json::parse(field.default_value, "the default of " + field.name)},
      {"doc", field.doc}};
  const bool number = field.type == "int" || field.type == "number" || field.type == "int_list";
  if (number) {
    object.emplace_back("low", json::number_or_null(field.range.low));
    object.emplace_back("high", json::number_or_null(field.range.high));
    object.emplace_back("open_low", field.range.open_low);
    object.emplace_back("open_high", field.range.open_high);
  }
  if (!field.choices.empty()) {
    json::Array choices;
    for (const std::string& choice : field.choices) choices.emplace_back(choice);
    object.emplace_back("choices", std::move(choices));
  }
  return object;
}

/// A bound of every entry: one number if they are all the same; null where unbounded.
json::Value bounds_to_json(const VectorF& bounds) {
  const auto entry = [](float x) { return json::number_or_null(static_cast<double>(x)); };
  if (bounds.size() > 0 && (bounds.array() == bounds[0]).all()) return entry(bounds[0]);
  json::Array list;
  for (const float x : bounds) list.push_back(entry(x));
  return list;
}

json::Value sizes_to_json(const std::vector<Index>& sizes) {
  json::Array list;
  for (const Index size : sizes) list.emplace_back(static_cast<std::int64_t>(size));
  return list;
}

json::Value to_json(const Space& space) {
  struct Text {
    json::Value operator()(const Box& box) const {
      json::Object object = {{"type", "box"},
                             {"size", static_cast<std::int64_t>(box.low.size())},
                             {"low", bounds_to_json(box.low)},
                             {"high", bounds_to_json(box.high)}};
      if (!box.shape.empty()) object.emplace_back("shape", sizes_to_json(box.shape));
      if (box.bytes) object.emplace_back("bytes", true);
      return object;
    }
    json::Value operator()(const Discrete& discrete) const {
      return json::Object{{"type", "discrete"}, {"n", static_cast<std::int64_t>(discrete.n)}};
    }
    json::Value operator()(const MultiDiscrete& several) const {
      return json::Object{{"type", "multi_discrete"}, {"n", sizes_to_json(several.n)}};
    }
  };
  return std::visit(Text{}, space);
}

const json::Value& member(const json::Value& object, const char* key, const std::string& origin) {
  const json::Value* value = object.find(key);
  if (value == nullptr)
    throw UserError(origin + ": its description came back damaged (no " + key + ")",
                    ExitCode::kPlugin);
  return *value;
}

std::string text_member(const json::Value& object, const char* key, const std::string& origin) {
  const std::string* text = member(object, key, origin).if_string();
  if (text == nullptr)
    throw UserError(origin + ": its description came back damaged (" + key + ")",
                    ExitCode::kPlugin);
  return *text;
}

FieldInfo field_from_json(const json::Value& value, const std::string& origin) {
  FieldInfo field;
  field.name = text_member(value, "name", origin);
  field.type = text_member(value, "type", origin);
  field.doc = text_member(value, "doc", origin);
  field.default_value = json::canonical(member(value, "default", origin));
  // Missing and null (no end of the range) leave what stands there.
  const auto read = [](const auto* from, auto& to) {
    if (from != nullptr) to = *from;
  };
  static const json::Value nothing;
  const auto given = [&value](const char* key) -> const json::Value& {
    const json::Value* found = value.find(key);
    return found == nullptr ? nothing : *found;
  };
  read(given("low").if_double(), field.range.low);
  read(given("high").if_double(), field.range.high);
  read(given("open_low").if_bool(), field.range.open_low);
  read(given("open_high").if_bool(), field.range.open_high);
  if (const json::Array* choices = given("choices").if_array())
    for (const json::Value& choice : *choices)
      if (const std::string* text = choice.if_string()) field.choices.push_back(*text);
  return field;
}

template <class Entry>
EntryInfo inspect_entry(const Entry& entry, Kind kind) {
  EntryInfo info;
  info.kind = kind;
  info.name = entry.name;
  info.summary = entry.summary;
  info.reference = entry.reference;
  SchemaCollector collector;
  entry.visit_defaults(collector);
  info.schema = std::move(collector.schema);
  return info;
}

}  // namespace

EntryInfo inspect(const LoadedPlugins& plugins, Kind kind, const std::string& name) {
  if (kind == Kind::kEnv) return inspect_entry(plugins.env(name), kind);
  if (kind == Kind::kWrapper) return inspect_entry(plugins.wrapper(name), kind);
  if (kind == Kind::kPolicy) return inspect_entry(plugins.policy(name), kind);
  const AlgorithmEntry& entry = plugins.algorithm(name);
  EntryInfo info = inspect_entry(entry, kind);
  info.policy_kind = entry.policy_kind;
  info.default_policy = entry.default_policy;
  return info;
}

json::Value inspect_env(const LoadedPlugins& plugins, const Choice& choice) {
  const std::unique_ptr<Env> env = make_env(choice, plugins)();
  if (env == nullptr)
    throw UserError("env '" + choice.name + "' made no instance", ExitCode::kPlugin);
  const EnvSpec& spec = env->spec();
  json::Object facts = {{"observation", to_json(spec.observation)},
                        {"action", to_json(spec.action)},
                        {"horizon", static_cast<std::int64_t>(spec.horizon)},
                        {"renderable", env->renderable() != nullptr},
                        {"bare_engine", env->bare_engine() != nullptr}};
  json::Array quantities;
  if (const ModelAccess* access = env->model_access())
    for (const ModelAccess::Quantity& quantity : access->quantities())
      quantities.push_back(
          json::Object{{"name", quantity.name}, {"low", quantity.low}, {"high", quantity.high}});
  facts.emplace_back("quantities", std::move(quantities));
  json::Array state;
  if (const auto* access = env->state_access())
    for (const StateAccess::Field& field : access->state_fields())
      state.push_back(
          json::Object{{"name", field.name}, {"size", static_cast<std::int64_t>(field.size)}});
  facts.emplace_back("state", std::move(state));
  return facts;
}

json::Value to_json(const EntryInfo& info) {
  json::Array parameters;
  for (const FieldInfo& field : info.schema) parameters.push_back(to_json(field));
  json::Object object = {{"kind", kind_name(info.kind)}, {"name", info.name},
                         {"summary", info.summary},      {"reference", info.reference},
                         {"plugin", info.plugin},        {"version", info.version},
                         {"path", info.path.string()}};
  if (info.kind == Kind::kAlgorithm) {
    object.emplace_back("policy_kind", info.policy_kind);
    object.emplace_back("default_policy", info.default_policy);
  }
  object.emplace_back("parameters", std::move(parameters));
  return object;
}

EntryInfo entry_info_from_json(const json::Value& value, const std::string& origin) {
  EntryInfo info;
  const std::string kind = text_member(value, "kind", origin);
  for (const Kind known : kKinds)
    if (kind == kind_name(known)) info.kind = known;
  info.name = text_member(value, "name", origin);
  info.summary = text_member(value, "summary", origin);
  info.reference = text_member(value, "reference", origin);
  info.plugin = text_member(value, "plugin", origin);
  info.version = text_member(value, "version", origin);
  info.path = text_member(value, "path", origin);
  if (info.kind == Kind::kAlgorithm) {
    info.policy_kind = text_member(value, "policy_kind", origin);
    info.default_policy = text_member(value, "default_policy", origin);
  }
  if (const json::Array* parameters = member(value, "parameters", origin).if_array())
    for (const json::Value& parameter : *parameters)
      info.schema.push_back(field_from_json(parameter, origin));
  return info;
}

}  // namespace rlrun
