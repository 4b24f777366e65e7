#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command bench() {
  cli::Command command;
  command.name = "bench";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("bench: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
