#pragma once
// JSON values that know where they stand in their file. The only user of Boost.JSON.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace rlrun::json {

struct Location {
  int line = 0, column = 0;  ///< From 1; 0: not from a file. Columns count bytes.
};

class Value;
using Array = std::vector<Value>;
/// Members in the order of the file; names are unique.
using Object = std::vector<std::pair<std::string, Value>>;

/// Copies share lists and objects until one of them is changed, so that many trials of one setting
/// hold its parameters once.
class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}                                 // NOLINT(google-explicit-constructor)
  Value(bool value) : data_(value) {}                      // NOLINT(google-explicit-constructor)
  Value(int value) : data_(std::int64_t{value}) {}         // NOLINT(google-explicit-constructor)
  Value(std::int64_t value) : data_(value) {}              // NOLINT(google-explicit-constructor)
  Value(double value) : data_(value) {}                    // NOLINT(google-explicit-constructor)
  Value(std::string value) : data_(std::move(value)) {}    // NOLINT(google-explicit-constructor)
  Value(const char* value) : data_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Value(Array value);                                      // NOLINT(google-explicit-constructor)
  Value(Object value);                                     // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::nullptr_t>(data_); }
  [[nodiscard]] const bool* if_bool() const { return std::get_if<bool>(&data_); }
  [[nodiscard]] const std::int64_t* if_int() const { return std::get_if<std::int64_t>(&data_); }
  [[nodiscard]] const double* if_double() const { return std::get_if<double>(&data_); }
  [[nodiscard]] const std::string* if_string() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Array* if_array() const { return shared<const Array>(); }
  [[nodiscard]] const Object* if_object() const { return shared<const Object>(); }
  /// For changing it. The pointer is good until this value is copied.
  [[nodiscard]] Array* if_array() { return own<Array>(); }
  [[nodiscard]] Object* if_object() { return own<Object>(); }

  /// The member of an object, or null if this is no object or has no such member.
  [[nodiscard]] const Value* find(std::string_view key) const;
  [[nodiscard]] Value* find(std::string_view key);
  /// The member of an object, added (as null) if missing. This must be an object (or null: becomes
  /// one).
  Value& operator[](std::string_view key);

  [[nodiscard]] Location where() const { return where_; }
  void set_where(Location where) { where_ = where; }
  /// For the value of a member: where its key stands. For others the same as `where`.
  [[nodiscard]] Location where_key() const { return key_.line == 0 ? where_ : key_; }
  void set_where_key(Location where) { key_ = where; }
  /// "null", "boolean", "whole number", "number", "text", "list", "object": for messages.
  [[nodiscard]] const char* type_name() const;

  /// Equal content; places and the order of members do not matter. 1 and 1.0 differ.
  bool operator==(const Value& other) const;
  /// Whether they are one list or object in memory: a quick "surely equal".
  [[nodiscard]] bool shares(const Value& other) const;

 private:
  template <class T>
  using Shared = std::shared_ptr<T>;
  template <class T>
  [[nodiscard]] T* shared() const {
    const auto* pointer = std::get_if<Shared<std::remove_const_t<T>>>(&data_);
    return pointer == nullptr ? nullptr : pointer->get();
  }
  template <class T>
  [[nodiscard]] T* own();

  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Shared<Array>,
               Shared<Object>>
      data_;
  Location where_, key_;
};

/// The number, or null for what JSON has no number for: NaN and the infinities.
Value number_or_null(double value);

/// Reads one JSON text. Strict: no comments, duplicate keys, NaN or numbers that overflow; doubles
/// are exact (std::from_chars); whole numbers fit into 64 bits; nesting up to 64; at most 64 MiB
/// and four million values. Throws UserError "file:line:column: what is wrong".
Value parse(std::string_view text, const std::string& file);
/// Reads a file; throws UserError when it cannot be read.
Value parse_file(const std::string& path);

/// Compact text with sorted keys and the shortest doubles that read back exactly: equal values give
/// equal text, so it serves for identity. Whole doubles keep their type ("1.0"). NaN and infinities
/// are written as null.
std::string canonical(const Value& value);
/// The same content over several lines in the order of the members, for people.
std::string pretty(const Value& value);
/// A JSON string literal with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string quote(std::string_view text);
/// The same text as one line that any terminal and file can hold: control characters become spaces,
/// bytes that are not UTF-8 U+FFFD.
std::string plain_line(std::string_view text);

}  // namespace rlrun::json
