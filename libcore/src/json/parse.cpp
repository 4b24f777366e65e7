// Reading JSON. Boost.JSON's event parser decides what is JSON; positions, exact numbers and limits
// are ours: its own numbers are off by a bit now and then, and turn 1e400 into infinity.

#include <charconv>
#include <cmath>
#include <fstream>
#include <unordered_set>

#include <boost/json/basic_parser_impl.hpp>

#include "rlrun/error.hpp"

#include "json/explain.hpp"
#include "json/json.hpp"

namespace rlrun::json {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxValues = 4'000'000;
constexpr std::size_t kMaxDepth = 64;

[[noreturn]] void fail(const std::string& file, Location where, const std::string& what) {
  throw UserError(file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column) +
                  ": " + what);
}

// Follows the parser through the text. The parser reports tokens in the order of the text, but not
// where they stand; what it has reported is known to be well formed, so that skipping is simple.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  Location next_token() {
    while (at_ < text_.size() && (is_space(text_[at_]) || is_closing(text_[at_]))) {
      if (text_[at_] == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      }
      ++at_;
    }
    const Location where{line_, static_cast<int>(at_ - line_start_) + 1};
    skip_token();
    return where;
  }

 private:
  static bool is_closing(char c) { return c == ',' || c == ':' || c == ']' || c == '}'; }

  void skip_token() {
    if (at_ >= text_.size()) return;
    const char first = text_[at_++];
    if (first == '{' || first == '[') return;
    if (first == '"') {
      while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
      ++at_;
      return;
    }
    while (at_ < text_.size() && !is_space(text_[at_]) && !is_closing(text_[at_])) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0, line_start_ = 0;
  int line_ = 1;
};

Location location_of(std::string_view text, std::size_t offset) {
  Location where{1, 1};
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    ++where.column;
    if (text[i] == '\n') where = {where.line + 1, 1};
  }
  return where;
}

// Builds values from the events of boost::json::basic_parser. Mistakes that are no business of the
// grammar are thrown from here.
class Builder {
 public:
  using error_code = boost::json::error_code;
  using string_view = boost::json::string_view;
  static constexpr std::size_t max_object_size = kMaxBytes;
  static constexpr std::size_t max_array_size = kMaxBytes;
  static constexpr std::size_t max_key_size = kMaxBytes;
  static constexpr std::size_t max_string_size = kMaxBytes;

  Builder(std::string_view text, const std::string& file) : cursor_(text), file_(file) {}

  Value take() { return std::move(root_); }

  bool on_document_begin(error_code& /*ec*/) { return true; }
  bool on_document_end(error_code& /*ec*/) { return true; }
  bool on_object_begin(error_code& /*ec*/) {
    open(Object{});
    return true;
  }
  bool on_object_end(std::size_t /*n*/, error_code& /*ec*/) {
    stack_.pop_back();
    return true;
  }
  bool on_array_begin(error_code& /*ec*/) {
    open(Array{});
    return true;
  }
  bool on_array_end(std::size_t /*n*/, error_code& /*ec*/) {
    stack_.pop_back();
    return true;
  }
  bool on_key_part(string_view part, std::size_t /*n*/, error_code& /*ec*/) {
    collected_.append(part.data(), part.size());
    return true;
  }
  bool on_key(string_view part, std::size_t /*n*/, error_code& /*ec*/) {
    collected_.append(part.data(), part.size());
    add_key();
    return true;
  }
  bool on_string_part(string_view part, std::size_t /*n*/, error_code& /*ec*/) {
    collected_.append(part.data(), part.size());
    return true;
  }
  bool on_string(string_view part, std::size_t /*n*/, error_code& /*ec*/) {
    collected_.append(part.data(), part.size());
    add(Value(std::exchange(collected_, {})));
    return true;
  }
  bool on_number_part(string_view part, error_code& /*ec*/) {
    collected_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, string_view /*part*/, error_code& /*ec*/) {
    collected_.clear();
    add(Value(value));
    return true;
  }
  bool on_uint64(std::uint64_t /*value*/, string_view part, error_code& ec) {
    return on_double(0, part, ec);  // always too large: smaller ones arrive as int64
  }
  bool on_double(double /*inexact*/, string_view part, error_code& /*ec*/) {
    collected_.append(part.data(), part.size());
    add_number();
    return true;
  }
  bool on_bool(bool value, error_code& /*ec*/) {
    add(Value(value));
    return true;
  }
  bool on_null(error_code& /*ec*/) {
    add(Value(nullptr));
    return true;
  }
  bool on_comment_part(string_view /*part*/, error_code& /*ec*/) { return true; }
  bool on_comment(string_view /*part*/, error_code& /*ec*/) { return true; }

 private:
  struct Frame {
    Value* value;
    std::unordered_set<std::string> keys;  // only for large objects
  };

  Value& add_at(Value value, Location where) {
    if (++count_ > kMaxValues)
      fail(file_, where, "more than " + std::to_string(kMaxValues) + " values");
    value.set_where(where);
    if (stack_.empty()) return root_ = std::move(value);
    if (Array* array = stack_.back().value->if_array())
      return array->emplace_back(std::move(value));
    Value& slot = stack_.back().value->if_object()->back().second;
    value.set_where_key(slot.where_key());
    return slot = std::move(value);
  }

  void add(Value value) { add_at(std::move(value), cursor_.next_token()); }

  void open(Value value) {
    // Values below a frame are not touched while it is open, so that its address holds.
    stack_.push_back({&add_at(std::move(value), cursor_.next_token()), {}});
  }

  void add_key() {
    constexpr std::size_t kFewKeys = 16;
    std::string key = std::exchange(collected_, {});
    const Location where = cursor_.next_token();
    Frame& frame = stack_.back();
    Object& object = *frame.value->if_object();
    bool known = false;
    if (object.size() < kFewKeys) {
      known = frame.value->find(key) != nullptr;
    } else {
      if (frame.keys.empty())
        for (const auto& member : object) frame.keys.insert(member.first);
      known = !frame.keys.insert(key).second;
    }
    if (known) fail(file_, where, "the key " + quote(shortened(key)) + " is given twice");
    object.emplace_back(std::move(key), Value()).second.set_where_key(where);
  }

  void add_number() {
    const std::string text = std::exchange(collected_, {});
    const Location where = cursor_.next_token();
    if (text.find_first_of(".eE") == std::string::npos)
      fail(file_, where, "the whole number " + shortened(text) + " does not fit into 64 bits");
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
      fail(file_, where, "the number " + shortened(text) + " is out of range");
    add_at(Value(value), where);
  }

  static std::string shortened(const std::string& text) {
    return text.size() <= 40 ? text : text.substr(0, 37) + "...";
  }

  Cursor cursor_;
  const std::string& file_;
  Value root_;
  std::vector<Frame> stack_;
  std::string collected_;
  std::size_t count_ = 0;
};

std::string explain(const boost::json::error_code& code, std::string_view text,
                    std::size_t offset) {
  using boost::json::error;
  if (code == error::incomplete) return "the text ends before the value is complete";
  if (code == error::too_deep)
    return "lists and objects are nested more than " + std::to_string(kMaxDepth) + " deep";
  if (code == error::exponent_overflow) return "a number is out of range";
  if (code == error::illegal_leading_surrogate || code == error::illegal_trailing_surrogate ||
      code == error::expected_utf16_escape)
    return "a \\u escape is half of a surrogate pair";
  if (code == error::expected_hex_digit) return "a \\u escape needs four hexadecimal digits";
  if (code == error::syntax) return explain_syntax(text, offset);
  return code.message();
}

}  // namespace

Value parse(std::string_view text, const std::string& file) {
  if (text.size() > kMaxBytes)
    throw UserError(file + ": larger than " + std::to_string(kMaxBytes >> 20) + " MiB");
  if (text.find_first_not_of(" \n\r\t") == std::string_view::npos)
    fail(file, {1, 1}, "the text is empty");
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<Builder> parser(options, text, file);
  boost::json::error_code code;
  std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  if (code) fail(file, location_of(text, used), explain(code, text, used));
  while (used < text.size() && is_space(text[used])) ++used;
  if (used < text.size())
    fail(file, location_of(text, used),
         "unexpected " + describe_at(text, used) + " after the end of the value");
  return parser.handler().take();
}

Value parse_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw UserError(path + ": cannot be opened for reading");
  std::string text;
  std::string chunk(std::size_t{1} << 16, '\0');
  while (stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size())),
         stream.gcount() > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kMaxBytes) break;  // parse() says so
  }
  if (stream.bad()) throw UserError(path + ": cannot be read");
  return parse(text, path);
}

}  // namespace rlrun::json
