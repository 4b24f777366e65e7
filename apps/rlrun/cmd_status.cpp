#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command status() {
  cli::Command command;
  command.name = "status";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("status: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
