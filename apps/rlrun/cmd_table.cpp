#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command table() {
  cli::Command command;
  command.name = "table";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("table: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
