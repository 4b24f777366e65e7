#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command sweep() {
  cli::Command command;
  command.name = "sweep";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("sweep: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
