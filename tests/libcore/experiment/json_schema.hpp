#pragma once
// As much of JSON Schema (draft-07) as the editors' schema uses, to test it.

#include <cmath>
#include <regex>
#include <string>

#include "json/json.hpp"

namespace rlrun::test {

/// Validates values against a schema; keywords it does not know are a failure of the test itself.
class JsonSchema {
 public:
  explicit JsonSchema(const json::Value& root) : root_(root) {}

  /// Empty if the value is valid, else what is wrong with it.
  [[nodiscard]] std::string problem(const json::Value& value) const {
    return check(value, root_, "");
  }

  [[nodiscard]] const json::Value& definition(const std::string& name) const {
    const json::Value* found = root_.find("definitions")->find(name);
    if (found == nullptr) throw std::logic_error("no definition " + name);
    return *found;
  }

 private:
  [[nodiscard]] std::string check(const json::Value& value, const json::Value& schema,
                                  const std::string& at) const {
    for (const auto& [keyword, rule] : *schema.if_object()) {
      const std::string problem = check_keyword(value, schema, keyword, rule, at);
      if (!problem.empty()) return problem;
    }
    return "";
  }

  [[nodiscard]] std::string check_keyword(const json::Value& value, const json::Value& schema,
                                          const std::string& keyword, const json::Value& rule,
                                          const std::string& at) const {
    const std::string wrong = at + ": " + keyword;
    if (keyword == "$schema" || keyword == "title" || keyword == "description" ||
        keyword == "definitions" || keyword == "properties" || keyword == "patternProperties")
      return "";
    if (keyword == "$ref") {
      const std::string path = *rule.if_string();
      return check(value, definition(path.substr(path.rfind('/') + 1)), at);
    }
    if (keyword == "const") return value == rule ? "" : wrong;
    if (keyword == "type") return has_type(value, rule) ? "" : wrong;
    if (keyword == "anyOf") return count_valid(value, rule, at) >= 1 ? "" : wrong;
    if (keyword == "oneOf") return count_valid(value, rule, at) == 1 ? "" : wrong;
    if (keyword == "required") {
      for (const json::Value& key : *rule.if_array())
        if (value.if_object() != nullptr && value.find(*key.if_string()) == nullptr)
          return wrong + " " + *key.if_string();
      return "";
    }
    if (keyword == "additionalProperties") return check_members(value, schema, rule, at);
    if (keyword == "items") {
      if (value.if_array() == nullptr) return "";
      for (std::size_t i = 0; i < value.if_array()->size(); ++i) {
        const std::string problem =
            check((*value.if_array())[i], rule, at + "/" + std::to_string(i));
        if (!problem.empty()) return problem;
      }
      return "";
    }
    if (keyword == "uniqueItems") {
      const json::Array& items = *value.if_array();
      for (std::size_t i = 0; i < items.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (items[i] == items[j]) return wrong;
      return "";
    }
    const double limit = rule.if_int() == nullptr ? 0 : static_cast<double>(*rule.if_int());
    if (keyword == "minItems")
      return value.if_array() == nullptr || static_cast<double>(value.if_array()->size()) >= limit
                 ? ""
                 : wrong;
    if (keyword == "minimum") return !is_number(value) || number(value) >= limit ? "" : wrong;
    if (keyword == "multipleOf")
      return !is_number(value) || std::fmod(number(value), limit) == 0 ? "" : wrong;
    if (value.if_string() == nullptr &&
        (keyword == "minLength" || keyword == "maxLength" || keyword == "pattern"))
      return "";
    if (keyword == "minLength")
      return static_cast<double>(value.if_string()->size()) >= limit ? "" : wrong;
    if (keyword == "maxLength")
      return static_cast<double>(value.if_string()->size()) <= limit ? "" : wrong;
    if (keyword == "pattern")
      return std::regex_search(*value.if_string(), std::regex(*rule.if_string())) ? "" : wrong;
    throw std::logic_error("keyword " + keyword + " is not known to the test");
  }

  [[nodiscard]] std::string check_members(const json::Value& value, const json::Value& schema,
                                          const json::Value& additional,
                                          const std::string& at) const {
    if (value.if_object() == nullptr) return "";
    const json::Value* properties = schema.find("properties");
    const json::Value* patterns = schema.find("patternProperties");
    for (const auto& [key, member] : *value.if_object()) {
      const std::string place = at + "/" + key;
      const json::Value* rule = properties == nullptr ? nullptr : properties->find(key);
      if (rule == nullptr && patterns != nullptr)
        for (const auto& [pattern, other] : *patterns->if_object())
          if (std::regex_search(key, std::regex(pattern))) rule = &other;
      if (rule == nullptr) rule = &additional;
      if (const bool* allowed = rule->if_bool()) {
        if (!*allowed) return place + ": additionalProperties";
        continue;
      }
      const std::string problem = check(member, *rule, place);
      if (!problem.empty()) return problem;
    }
    return "";
  }

  [[nodiscard]] int count_valid(const json::Value& value, const json::Value& rules,
                                const std::string& at) const {
    int valid = 0;
    for (const json::Value& rule : *rules.if_array()) valid += check(value, rule, at).empty();
    return valid;
  }

  static bool is_number(const json::Value& value) {
    return value.if_int() != nullptr || value.if_double() != nullptr;
  }
  static double number(const json::Value& value) {
    return value.if_int() != nullptr ? static_cast<double>(*value.if_int()) : *value.if_double();
  }

  static bool has_type(const json::Value& value, const json::Value& rule) {
    if (const json::Array* several = rule.if_array()) {
      for (const json::Value& one : *several)
        if (has_type(value, one)) return true;
      return false;
    }
    const std::string& type = *rule.if_string();
    if (type == "object") return value.if_object() != nullptr;
    if (type == "array") return value.if_array() != nullptr;
    if (type == "string") return value.if_string() != nullptr;
    if (type == "boolean") return value.if_bool() != nullptr;
    if (type == "number") return is_number(value);
    if (type == "integer") return is_number(value) && number(value) == std::floor(number(value));
    throw std::logic_error("type " + type + " is not known to the test");
  }

  const json::Value& root_;
};

}  // namespace rlrun::test
