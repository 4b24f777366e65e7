// JSON values and how they are written.

#include "json/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "rlrun/error.hpp"

namespace rlrun::json {
namespace {

// The length of the UTF-8 sequence at an offset, or 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned char first = byte(i);
  if (first < 0x80) return 1;
  const std::size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || i + n > text.size()) return 0;
  for (std::size_t k = 1; k < n; ++k)
    if ((byte(i + k) & 0xc0) != 0x80) return 0;
  // Overlong forms, surrogates, and what lies beyond Unicode.
  const unsigned char second = byte(i + 1);
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return n;
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr const char* kHex = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const std::size_t n = utf8_length(text, i);
    if (n == 0) {
      out += "\xef\xbf\xbd";
      ++i;
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    } else {
      out.append(text.substr(i, n));
    }
    i += n;
  }
  out += '"';
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  RLRUN_CHECK(error == std::errc{});
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

bool append_scalar(std::string& out, const Value& value) {
  if (value.is_null()) {
    out += "null";
  } else if (const bool* b = value.if_bool()) {
    out += *b ? "true" : "false";
  } else if (const std::int64_t* i = value.if_int()) {
    out += std::to_string(*i);
  } else if (const double* d = value.if_double()) {
    append_number(out, *d);
  } else if (const std::string* s = value.if_string()) {
    append_quoted(out, *s);
  } else {
    return false;
  }
  return true;
}

void append_canonical(std::string& out, const Value& value) {
  if (append_scalar(out, value)) return;
  const char* separator = "";
  if (const Array* array = value.if_array()) {
    out += '[';
    for (const Value& item : *array) {
      out += std::exchange(separator, ",");
      append_canonical(out, item);
    }
    out += ']';
    return;
  }
  const Object& object = *value.if_object();
  const auto append = [&](const Object::value_type& member) {
    out += std::exchange(separator, ",");
    append_quoted(out, member.first);
    out += ':';
    append_canonical(out, member.second);
  };
  out += '{';
  if (std::is_sorted(object.begin(), object.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; })) {
    for (const auto& member : object) append(member);
  } else {
    std::vector<const Object::value_type*> members;
    for (const auto& member : object) members.push_back(&member);
    std::sort(members.begin(), members.end(), [](auto* a, auto* b) { return a->first < b->first; });
    for (const auto* member : members) append(*member);
  }
  out += '}';
}

// On one line, in the order of the members; false once it is longer than a line may be.
bool append_line(std::string& out, const Value& value, std::size_t limit) {
  if (!append_scalar(out, value)) {
    const char* separator = "";
    const bool list = value.if_array() != nullptr;
    out += list ? '[' : '{';
    if (list) {
      for (const Value& item : *value.if_array()) {
        out += std::exchange(separator, ", ");
        if (!append_line(out, item, limit)) return false;
      }
    } else {
      for (const auto& [key, item] : *value.if_object()) {
        out += std::exchange(separator, ", ");
        append_quoted(out, key);
        out += ": ";
        if (!append_line(out, item, limit)) return false;
      }
    }
    out += list ? ']' : '}';
  }
  return out.size() <= limit;
}

void append_pretty(std::string& out, const Value& value, std::size_t indent) {
  constexpr std::size_t kLine = 100;
  const std::size_t used = out.size() - (out.rfind('\n') + 1);
  std::string line;
  if (append_line(line, value, used < kLine ? kLine - used : 0)) {
    out += line;
    return;
  }
  if (append_scalar(out, value)) return;
  const std::string margin(indent + 2, ' ');
  const char* separator = "\n";
  const bool list = value.if_array() != nullptr;
  out += list ? '[' : '{';
  if (list) {
    for (const Value& item : *value.if_array()) {
      out += std::exchange(separator, ",\n") + margin;
      append_pretty(out, item, indent + 2);
    }
  } else {
    for (const auto& [key, item] : *value.if_object()) {
      out += std::exchange(separator, ",\n") + margin;
      append_quoted(out, key);
      out += ": ";
      append_pretty(out, item, indent + 2);
    }
  }
  out += '\n' + std::string(indent, ' ') + (list ? ']' : '}');
}

bool same_members(const Object& a, const Object& b) {
  if (a.size() != b.size()) return false;
  const auto sorted = [](const Object& object) {
    std::vector<const Object::value_type*> members;
    for (const auto& member : object) members.push_back(&member);
    std::sort(members.begin(), members.end(), [](auto* x, auto* y) { return x->first < y->first; });
    return members;
  };
  const auto x = sorted(a), y = sorted(b);
  return std::equal(x.begin(), x.end(), y.begin(), [](auto* m, auto* n) {
    return m->first == n->first && m->second == n->second;
  });
}

}  // namespace

Value::Value(Array value) : data_(std::make_shared<Array>(std::move(value))) {}
Value::Value(Object value) : data_(std::make_shared<Object>(std::move(value))) {}

template <class T>
T* Value::own() {
  auto* pointer = std::get_if<Shared<T>>(&data_);
  if (pointer == nullptr) return nullptr;
  if (pointer->use_count() > 1) *pointer = std::make_shared<T>(**pointer);
  return pointer->get();
}
template Array* Value::own<Array>();
template Object* Value::own<Object>();

bool Value::shares(const Value& other) const {
  return (if_object() != nullptr && if_object() == other.if_object()) ||
         (if_array() != nullptr && if_array() == other.if_array());
}

const Value* Value::find(std::string_view key) const {
  if (const Object* object = if_object())
    for (const auto& member : *object)
      if (member.first == key) return &member.second;
  return nullptr;
}

Value* Value::find(std::string_view key) {
  if (Object* object = if_object())
    for (auto& member : *object)
      if (member.first == key) return &member.second;
  return nullptr;
}

Value& Value::operator[](std::string_view key) {
  if (is_null()) data_ = std::make_shared<Object>();
  if (Value* found = find(key)) return *found;
  Object* object = if_object();
  RLRUN_CHECK(object != nullptr, "a member of something that is no object");
  return object->emplace_back(std::string(key), Value()).second;
}

const char* Value::type_name() const {
  constexpr const char* kNames[] = {"null", "boolean", "whole number", "number",
                                    "text", "list",    "object"};
  return kNames[data_.index()];
}

bool Value::operator==(const Value& other) const {
  if (data_.index() != other.data_.index()) return false;
  if (const double* a = if_double()) {
    const double b = *other.if_double();
    return std::isnan(*a) ? std::isnan(b) : *a == b && std::signbit(*a) == std::signbit(b);
  }
  if (shares(other)) return true;
  if (const Object* object = if_object()) return same_members(*object, *other.if_object());
  if (const Array* array = if_array()) return *array == *other.if_array();
  return data_ == other.data_;
}

Value number_or_null(double value) {
  return std::isfinite(value) ? Value(value) : Value();
}

std::string canonical(const Value& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

std::string pretty(const Value& value) {
  std::string out;
  append_pretty(out, value, 0);
  out += '\n';
  return out;
}

std::string quote(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string plain_line(std::string_view text) {
  std::string line;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = utf8_length(text, i);
    const auto first = static_cast<unsigned char>(text[i]);
    const bool control =
        first < 0x20 || first == 0x7f ||
        (first == 0xc2 && n == 2 && static_cast<unsigned char>(text[i + 1]) < 0xa0);
    line += n == 0 ? "\xef\xbf\xbd" : control ? " " : text.substr(i, n);
    i += std::max<std::size_t>(n, 1);
  }
  return line;
}

}  // namespace rlrun::json
