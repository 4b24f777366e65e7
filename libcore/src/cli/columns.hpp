#pragma once
// How wide UTF-8 text is on a terminal.

#include <string>
#include <string_view>

namespace rlrun::cli {

/// Columns: two for wide characters (East Asian, emoji), none for combining ones. A byte that is no
/// UTF-8 counts as one.
int columns(std::string_view text);

/// The text if it fits into so many columns; else its beginning with "…", whole characters only.
std::string cut(std::string_view text, int width);

/// The text cut or filled up with spaces to so many columns.
std::string padded(std::string_view text, int width);

}  // namespace rlrun::cli
