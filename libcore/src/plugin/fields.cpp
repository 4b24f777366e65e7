// The readings of a parameter declaration.

#include "plugin/fields.hpp"

#include <algorithm>
#include <cmath>

#include "rlrun/error.hpp"

#include "plugin/catalog.hpp"

namespace rlrun {
namespace {

// The whole numbers up to here are exact as doubles.
constexpr std::int64_t kExactWhole = std::int64_t{1} << 53;

std::string number_text(double value) {
  const bool whole = std::abs(value) < 1e15 && value == std::floor(value);
  return whole ? std::to_string(static_cast<std::int64_t>(value)) : json::canonical(value);
}

bool inside(double value, const Range& range) {
  if (range.open_low ? value <= range.low : value < range.low) return false;
  return range.open_high ? value < range.high : value <= range.high;
}

// "must be at least 2", "is outside [0, 1)".
std::string outside_text(const Range& range) {
  const bool low = std::isfinite(range.low), high = std::isfinite(range.high);
  if (low && high)
    return std::string("is outside ") + (range.open_low ? "(" : "[") + number_text(range.low) +
           ", " + number_text(range.high) + (range.open_high ? ")" : "]");
  if (low)
    return (range.open_low ? "must be more than " : "must be at least ") + number_text(range.low);
  return (range.open_high ? "must be less than " : "must be at most ") + number_text(range.high);
}

std::string shown(const json::Value& value) {
  std::string text = json::canonical(value);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

[[noreturn]] void wrong_type(const FieldInfo& field, const json::Value& value,
                             const char* expected) {
  const bool article = !value.is_null() && value.if_string() == nullptr;
  throw UserError(field.name + " = " + shown(value) + ": expected " + expected + ", not " +
                  (article ? "a " : "") + value.type_name());
}

void check_range(const FieldInfo& field, double value, const json::Value& shown_value) {
  if (!inside(value, field.range))
    throw UserError(field.name + " = " + shown(shown_value) + " " + outside_text(field.range));
}

std::int64_t whole_number(const FieldInfo& field, const json::Value& value, const json::Value& all,
                          const char* expected) {
  std::int64_t whole = 0;
  if (const std::int64_t* i = value.if_int()) {
    whole = *i;
  } else if (const double* d = value.if_double();  // 1e6 is how people write a million
             d != nullptr && *d == std::floor(*d) &&
             std::abs(*d) <= static_cast<double>(kExactWhole)) {
    whole = static_cast<std::int64_t>(*d);
  } else {
    wrong_type(field, all, expected);
  }
  check_range(field, static_cast<double>(whole), all);
  return whole;
}

json::Value checked_number(const FieldInfo& field, const json::Value& value) {
  double number = 0;
  if (const double* d = value.if_double()) {
    number = *d;
  } else if (const std::int64_t* i = value.if_int()) {
    number = static_cast<double>(*i);
    if (*i > kExactWhole || *i < -kExactWhole)
      throw UserError(field.name + " = " + shown(value) + " is not exact as a 64-bit number");
  } else {
    wrong_type(field, value, "a number");
  }
  if (!std::isfinite(number)) wrong_type(field, value, "a finite number");
  check_range(field, number, value);
  return number;
}

json::Value checked_text(const FieldInfo& field, const json::Value& value) {
  const std::string* text = value.if_string();
  if (text == nullptr) wrong_type(field, value, "text");
  const auto& choices = field.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), *text) == choices.end()) {
    std::string message = field.name + " = " + shown(value) + " is not one of:";
    for (const std::string& choice : choices) message += " " + choice;
    const std::string near = nearest_name(*text, choices);
    if (!near.empty()) message += "; did you mean '" + near + "'?";
    throw UserError(message);
  }
  return value;
}

json::Value checked_list(const FieldInfo& field, const json::Value& value) {
  constexpr const char* kExpected = "a list of whole numbers";
  const json::Array* array = value.if_array();
  if (array == nullptr) wrong_type(field, value, kExpected);
  json::Array list;
  for (const json::Value& item : *array)
    list.emplace_back(whole_number(field, item, value, kExpected));
  return list;
}

// A declaration is checked like a value, so that a wrong default shows when the plugin is listed.
void add_field(Schema& schema, FieldInfo field, const json::Value& value) {
  const auto problem = [&](const std::string& what) {
    throw UserError("parameter '" + field.name + "' is declared " + what, ExitCode::kPlugin);
  };
  const bool snake_case =
      !field.name.empty() && field.name.size() <= 60 && field.name[0] >= 'a' &&
      field.name[0] <= 'z' &&
      field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (!snake_case) problem("with a name that is not snake_case");
  for (const FieldInfo& other : schema)
    if (other.name == field.name) problem("twice");
  if (field.doc.empty()) problem("without documentation");
  try {
    (void)check_param(field, value);
  } catch (const UserError& error) {
    problem(std::string("with a wrong default: ") + error.what());
  }
  field.default_value = json::canonical(value);
  schema.push_back(std::move(field));
}

FieldInfo described(const char* name, const char* type, const char* doc, Range range = {},
                    const std::vector<std::string>& choices = {}) {
  FieldInfo field;
  field.name = name;
  field.type = type;
  field.doc = doc == nullptr ? "" : doc;
  field.range = range;
  field.choices = choices;
  return field;
}

json::Value list_value(const std::vector<std::int64_t>& list) {
  return json::Array(list.begin(), list.end());
}

// A resolved configuration has every parameter; one that lacks some was written by another version.
json::Value stored(const json::Value& params, const FieldInfo& field) {
  const json::Value* value = params.find(field.name);
  if (value == nullptr)
    throw UserError("parameter '" + field.name +
                    "' is missing from the configuration; it was written for another version");
  return check_param(field, *value);
}

}  // namespace

json::Value check_param(const FieldInfo& field, const json::Value& value) {
  if (field.type == "bool") {
    if (value.if_bool() == nullptr) wrong_type(field, value, "true or false");
    return value;
  }
  if (field.type == "int") return whole_number(field, value, value, "a whole number");
  if (field.type == "number") return checked_number(field, value);
  if (field.type == "text") return checked_text(field, value);
  if (field.type == "object") {
    if (value.if_object() == nullptr) wrong_type(field, value, "an object");
    return value;
  }
  RLRUN_CHECK(field.type == "int_list");
  return checked_list(field, value);
}

json::Value defaults(const Schema& schema) {
  json::Object params;
  for (const FieldInfo& field : schema)
    params.emplace_back(field.name,
                        check_param(field, json::parse(field.default_value, field.name)));
  return params;
}

void SchemaCollector::operator()(const char* name, bool& value, const char* doc) {
  add_field(schema, described(name, "bool", doc), value);
}
void SchemaCollector::operator()(const char* name, std::int64_t& value, const char* doc,
                                 Range range) {
  add_field(schema, described(name, "int", doc, range), value);
}
void SchemaCollector::operator()(const char* name, double& value, const char* doc, Range range) {
  add_field(schema, described(name, "number", doc, range), value);
}
void SchemaCollector::operator()(const char* name, std::string& value, const char* doc,
                                 const std::vector<std::string>& choices) {
  add_field(schema, described(name, "text", doc, {}, choices), value);
}
void SchemaCollector::operator()(const char* name, std::vector<std::int64_t>& value,
                                 const char* doc, Range range) {
  add_field(schema, described(name, "int_list", doc, range), list_value(value));
}
void SchemaCollector::operator()(const char* name, JsonObject& value, const char* doc) {
  add_field(schema, described(name, "object", doc), json::parse(value.text, name));
}

void JsonReader::operator()(const char* name, bool& value, const char* doc) {
  value = *stored(params_, described(name, "bool", doc)).if_bool();
}
void JsonReader::operator()(const char* name, std::int64_t& value, const char* doc, Range range) {
  value = *stored(params_, described(name, "int", doc, range)).if_int();
}
void JsonReader::operator()(const char* name, double& value, const char* doc, Range range) {
  value = *stored(params_, described(name, "number", doc, range)).if_double();
}
void JsonReader::operator()(const char* name, std::string& value, const char* doc,
                            const std::vector<std::string>& choices) {
  value = *stored(params_, described(name, "text", doc, {}, choices)).if_string();
}
void JsonReader::operator()(const char* name, std::vector<std::int64_t>& value, const char* doc,
                            Range range) {
  const json::Value list = stored(params_, described(name, "int_list", doc, range));
  value.clear();
  for (const json::Value& item : *list.if_array()) value.push_back(*item.if_int());
}
void JsonReader::operator()(const char* name, JsonObject& value, const char* doc) {
  value.text = json::canonical(stored(params_, described(name, "object", doc)));
}

}  // namespace rlrun
