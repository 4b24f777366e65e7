#include "cli/columns.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rlrun::cli {
namespace {

struct Character {
  std::size_t bytes;
  std::uint32_t code;
};

// The first character of a text that is not empty.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char head = byte(0);
  const std::size_t bytes = head >= 0xF0 ? 4 : head >= 0xE0 ? 3 : head >= 0xC0 ? 2 : 1;
  if (bytes == 1 || bytes > text.size()) return {1, head};
  std::uint32_t code = head & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {1, head};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  return {bytes, code};
}

struct Block {
  std::uint32_t first, last;
};
// The large blocks of Unicode's East Asian Width "wide" and of its combining marks.
constexpr std::array kWide = {
    Block{0x1100, 0x115F},   Block{0x2E80, 0x303E},   Block{0x3041, 0xA4CF},
    Block{0xAC00, 0xD7A3},   Block{0xF900, 0xFAFF},   Block{0xFE30, 0xFE6F},
    Block{0xFF00, 0xFF60},   Block{0xFFE0, 0xFFE6},   Block{0x1F300, 0x1F64F},
    Block{0x1F680, 0x1F6FF}, Block{0x1F900, 0x1FAFF}, Block{0x20000, 0x3FFFD}};
constexpr std::array kCombining = {Block{0x0300, 0x036F}, Block{0x200B, 0x200F},
                                   Block{0x20D0, 0x20FF}, Block{0xFE00, 0xFE0F},
                                   Block{0xFE20, 0xFE2F}};

template <class Blocks>
bool lies_in(const Blocks& blocks, std::uint32_t code) {
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](const Block& block) { return code >= block.first && code <= block.last; });
}

int columns_of(std::uint32_t code) {
  return lies_in(kCombining, code) ? 0 : lies_in(kWide, code) ? 2 : 1;
}

// The longest beginning of so many columns.
std::string_view beginning(std::string_view text, int width) {
  std::size_t end = 0;
  while (end < text.size()) {
    const Character next = first_character(text.substr(end));
    width -= columns_of(next.code);
    if (width < 0) break;
    end += next.bytes;
  }
  return text.substr(0, end);
}

}  // namespace

int columns(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Character next = first_character(text);
    width += columns_of(next.code);
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string cut(std::string_view text, int width) {
  if (columns(text) <= width) return std::string(text);
  return width < 1 ? "" : std::string(beginning(text, width - 1)) + "…";
}

std::string padded(std::string_view text, int width) {
  std::string result = cut(text, width);
  result.append(static_cast<std::size_t>(std::max(0, width - columns(result))), ' ');
  return result;
}

}  // namespace rlrun::cli
