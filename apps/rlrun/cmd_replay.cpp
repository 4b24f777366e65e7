#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command replay() {
  cli::Command command;
  command.name = "replay";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("replay: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
