#include "json/explain.hpp"

#include <algorithm>

namespace rlrun::json {

std::string describe_at(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return "the end of the text";
  const auto c = static_cast<unsigned char>(text[offset]);
  if (c == '\n' || c == '\r') return "the end of the line";
  if (c >= 0x20 && c < 0x7f) return std::string("'") + text[offset] + "'";
  constexpr const char* kHex = "0123456789abcdef";
  return std::string("the byte 0x") + kHex[c >> 4] + kHex[c & 15];
}

std::string explain_syntax(std::string_view text, std::size_t offset) {
  const std::string found = describe_at(text, offset);
  const char c = offset < text.size() ? text[offset] : '\0';
  std::size_t before = std::min(offset, text.size());
  while (before > 0 && is_space(text[before - 1])) --before;
  const char last = before > 0 ? text[before - 1] : '\0';
  if (offset == 0 && text.substr(0, 3) == "\xef\xbb\xbf")
    return "the text starts with a byte order mark; save it as UTF-8 without one";
  if (c == '/' || c == '#') return "comments are not part of JSON";
  if (c == '\'') return "text stands in double quotes";
  if ((c == '}' || c == ']') && last == ',') return "a comma too many before " + found;
  if (text.substr(offset, 3) == "NaN" || text.substr(offset, 8) == "Infinity")
    return "NaN and infinity are not part of JSON";
  const auto byte = static_cast<unsigned char>(c);
  if (offset < text.size() && byte < 0x20 && !is_space(c))
    return "the control character " + found.substr(std::string("the byte ").size());
  if (offset < text.size() && byte >= 0x80) return "text that is not UTF-8, or not in quotes";
  if (last == '"' || last == '}' || last == ']')
    return "unexpected " + found + "; is a comma, colon or bracket missing?";
  return "unexpected " + found;
}

}  // namespace rlrun::json
