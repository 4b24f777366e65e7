#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command eval() {
  cli::Command command;
  command.name = "eval";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("eval: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
