#pragma once
// The readings of a parameter declaration.

#include <string>

#include "rlrun/params.hpp"

#include "json/json.hpp"

namespace rlrun {

/// Collects name, type, default, documentation and range of each field.
class SchemaCollector final : public Fields {
 public:
  void operator()(const char* name, bool& value, const char* doc) override;
  void operator()(const char* name, std::int64_t& value, const char* doc, Range range) override;
  void operator()(const char* name, double& value, const char* doc, Range range) override;
  void operator()(const char* name, std::string& value, const char* doc,
                  const std::vector<std::string>& choices) override;
  void operator()(const char* name, std::vector<std::int64_t>& value, const char* doc,
                  Range range) override;
  void operator()(const char* name, JsonObject& value, const char* doc) override;
  Schema schema;
};

/// Fills fields from a JSON object that was completed and checked (`defaults`, `check_param`).
class JsonReader final : public Fields {
 public:
  explicit JsonReader(const json::Value& params) : params_(params) {}
  void operator()(const char* name, bool& value, const char* doc) override;
  void operator()(const char* name, std::int64_t& value, const char* doc, Range range) override;
  void operator()(const char* name, double& value, const char* doc, Range range) override;
  void operator()(const char* name, std::string& value, const char* doc,
                  const std::vector<std::string>& choices) override;
  void operator()(const char* name, std::vector<std::int64_t>& value, const char* doc,
                  Range range) override;
  void operator()(const char* name, JsonObject& value, const char* doc) override;

 private:
  const json::Value& params_;
};

/// Checks one given value against its declaration and returns it in the declared type (1
/// becomes 1.0 where a number is declared). Throws UserError with a text such as "elite_fraction
/// = 1.5 is outside [0, 1]" (no place; the caller adds it).
json::Value check_param(const FieldInfo& field, const json::Value& value);

/// All parameters of a schema with their defaults, in the order of the schema.
json::Value defaults(const Schema& schema);

}  // namespace rlrun
