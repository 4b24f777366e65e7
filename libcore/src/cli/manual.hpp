#pragma once
// What shells and `man` want to know, from the table of commands.

#include <string>
#include <vector>

#include "cli/options.hpp"

namespace rlrun::cli {

/// A script that completes commands, options and files. `shell` is bash, zsh or fish; throws
/// UserError (usage) for another.
std::string completion_script(const std::vector<Command>& commands, const std::string& shell);

/// The manual page rlrun(1), as troff with the macros of man(7).
std::string manual_page(const std::vector<Command>& commands);

}  // namespace rlrun::cli
