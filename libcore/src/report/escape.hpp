#pragma once
// Texts of users (labels, titles, messages of failures) on their way into a format that would read
// some of their characters as commands.

#include <string>
#include <string_view>

namespace rlrun {

/// One line for a terminal: control characters (line breaks, escape sequences) become spaces.
std::string plain(std::string_view text);
std::string escape_markdown(std::string_view text);
std::string escape_latex(std::string_view text);
std::string escape_html(std::string_view text);
/// A CSV field of text: quoted where RFC 4180 asks for it; a leading = + - @ gets an apostrophe, so
/// that no spreadsheet takes it for a formula.
std::string escape_csv(std::string_view text);
/// Single-quoted gnuplot strings, in which no back-quotes, macros or backslashes are expanded, with
/// the apostrophes between them: doubled ones (the other way to write them) are misread at the ends.
std::string quote_gnuplot(std::string_view text);

}  // namespace rlrun
