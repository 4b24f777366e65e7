#pragma once
// Text in lines that fit a terminal.

#include <string>

namespace rlrun::cli {

constexpr int kLineWidth = 79;

/// Columns for help texts: those of COLUMNS or of the terminal that standard output is, from 40 to
/// `kLineWidth`, which it is elsewhere.
int line_width();

/// Words in lines of at most `width` columns, each with `indent` spaces before it.
std::string wrap(const std::string& text, int indent, int width = kLineWidth);

/// Paragraphs in such lines. Neighbouring lines flow together, and so does the text that a gap of two
/// spaces and more sets off from a name with the lines below it that begin where it does. Other
/// indented lines begin anew, and lines with more than one gap are a table's.
std::string reflow(const std::string& text, int width = kLineWidth);

}  // namespace rlrun::cli
