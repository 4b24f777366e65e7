#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command scaffold() {
  cli::Command command;
  command.name = "new";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("new: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
