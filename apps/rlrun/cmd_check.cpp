#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command check() {
  cli::Command command;
  command.name = "check";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("check: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
