#pragma once
// One function for each command; each lives in cmd_<name>.cpp.

#include <vector>

#include "cli/options.hpp"

namespace rlrun::commands {

cli::Command sweep();
cli::Command run();
cli::Command eval();
cli::Command render();
cli::Command replay();
cli::Command list();
cli::Command describe();
cli::Command table();
cli::Command plot();
cli::Command status();
cli::Command digest();
cli::Command check();
cli::Command bench();
cli::Command scaffold();  ///< `rlrun new`.

/// The commands with `rlrun completion` and `rlrun man`, which describe them all.
std::vector<cli::Command> with_manual(std::vector<cli::Command> commands);

}  // namespace rlrun::commands
