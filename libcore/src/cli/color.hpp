#pragma once
// Whether messages are coloured.

#include <string>

namespace rlrun::cli {

/// What --color said: "auto", "always" or "never"; throws UserError (usage) for anything else.
void set_color_choice(const std::string& choice);

}  // namespace rlrun::cli
