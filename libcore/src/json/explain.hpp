#pragma once
// What is wrong with a text that is no JSON, in words.

#include <string>
#include <string_view>

namespace rlrun::json {

inline bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// What stands at an offset: "'x'", "the end of the line", "the byte 0x80".
std::string describe_at(std::string_view text, std::size_t offset);

/// Why the grammar ends at an offset, guessed from the mistakes that people make.
std::string explain_syntax(std::string_view text, std::size_t offset);

}  // namespace rlrun::json
