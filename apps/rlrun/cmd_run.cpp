#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command run() {
  cli::Command command;
  command.name = "run";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("run: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
