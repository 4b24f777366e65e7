#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command render() {
  cli::Command command;
  command.name = "render";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("render: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
