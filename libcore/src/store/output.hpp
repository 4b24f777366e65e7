#pragma once
// Files that somebody asked for by name, as with --output.

#include <filesystem>
#include <string_view>

namespace rlrun {

/// Whether a file can be written there, asked before the work that it is for. Throws UserError (exit
/// code 2) that names the path and the reason.
void check_output(const std::filesystem::path& path);

/// Writes a file as `write_file_atomically` does if there is none or a regular one. A link stays a
/// link, and what it names is written; a device, a pipe or our own standard output takes the bytes
/// itself. Throws UserError: exit code 7 if the machine ran out of something, 2 otherwise.
void write_output(const std::filesystem::path& path, std::string_view content);

/// Gives a finished file the name that somebody asked for; else as `write_output`.
void move_to_output(const std::filesystem::path& file, const std::filesystem::path& path);

}  // namespace rlrun
