#pragma once
// Descriptors 0 to 2 as we find them: closed, full, gone, or with a reader who does not read.

#include <string_view>

namespace rlrun::cli {

/// Opens those of the descriptors 0 to 2 that are closed, so that no file of ours gets their number
/// and is taken for a terminal. An answer that goes to a closed stdout is still an error.
void open_standard_streams();

/// Text on stderr. What cannot be written, or that nobody has read for a second, is lost: no
/// message is worth more than the work that it is about.
void say(std::string_view text);

/// The same for "rlrun: <message>" in one line without control characters, which a terminal obeys.
void say_line(std::string_view message);

}  // namespace rlrun::cli
