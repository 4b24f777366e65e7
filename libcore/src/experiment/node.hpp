#pragma once
// A value of an experiment file together with its place, for reading and for messages.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rlrun/error.hpp"

#include "experiment/format.hpp"
#include "json/json.hpp"

namespace rlrun::experiment {

/// Cheap to copy but for the pointer text; the value must outlive it.
class Node {
 public:
  Node(const json::Value& value, const std::string& file, std::string pointer = "")
      : value_(&value), file_(&file), pointer_(std::move(pointer)) {}

  [[nodiscard]] const json::Value& value() const { return *value_; }
  /// RFC 6901: "/algorithms/0/params"; "" for the whole file.
  [[nodiscard]] const std::string& pointer() const { return pointer_; }

  /// Throw UserError "file:line:column: /pointer: message"; the second stands at the key of a
  /// member.
  [[noreturn]] void fail(const std::string& message, ExitCode code = ExitCode::kConfig) const;
  [[noreturn]] void fail_at_key(const json::Value& member, const std::string& message) const;

  /// The value in the type that must stand here, else a failure.
  [[nodiscard]] const json::Object& object() const;
  [[nodiscard]] const json::Array& array() const;
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] std::int64_t whole(std::int64_t low, std::int64_t high) const;
  [[nodiscard]] double number(double low, double high) const;

  [[nodiscard]] std::optional<Node> find(const std::string& key) const;
  [[nodiscard]] Node at(const std::string& key) const;  ///< A failure if there is none.
  [[nodiscard]] std::vector<Node> elements() const;     ///< Of a list.
  [[nodiscard]] std::vector<std::pair<std::string, Node>> members() const;  ///< Of an object.

  /// Refuses keys that a part does not have, and missing ones that it must have.
  void check_keys(Part part) const;

 private:
  [[noreturn]] void fail_at(json::Location where, const std::string& message, ExitCode code) const;
  [[noreturn]] void wrong_type(const char* expected) const;

  const json::Value* value_;
  const std::string* file_;
  std::string pointer_;
};

}  // namespace rlrun::experiment
