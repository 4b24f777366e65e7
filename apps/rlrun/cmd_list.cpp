#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command list() {
  cli::Command command;
  command.name = "list";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("list: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
