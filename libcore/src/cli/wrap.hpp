#pragma once
// Text in lines that fit a terminal.

#include <string>

namespace rlrun::cli {

constexpr int kLineWidth = 79;

/// Words in lines of at most `kLineWidth` columns, each with `indent` spaces before it.
std::string wrap(const std::string& text, int indent);

/// Paragraphs in such lines: neighbouring lines flow together, while an empty line and a line that
/// begins with a space stand for themselves (and go on indented a little further).
std::string reflow(const std::string& text);

}  // namespace rlrun::cli
