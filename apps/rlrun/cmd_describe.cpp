#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command describe() {
  cli::Command command;
  command.name = "describe";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("describe: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
